// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "account.h"
#include "libmmtrace.h"
#include "message.h"
#include "output.h"
#include "report.h"

static struct output output_of(const struct report *report)
{
	return (struct output){
		.path = report->output,
		.fd = STDOUT_FILENO,
		.is_binary = report->render.format->is_binary,
		.is_directory = report->render.format->is_directory,
	};
}

static const char *input_name(const struct report *report)
{
	return strcmp(report->input, "-") ? report->input : "standard input";
}

static void input_failed(struct report *report, const char *why)
{
	complain("%s: %s", input_name(report), why);
	report->failed = true;
}

/* What render_*() gave. Who has seen enough is no failure. */
static void check_output(struct report *report, int failed)
{
	struct output output = output_of(report);

	if (!failed || report->closed)
		return;
	report->closed = true;
	if (failed == -EPIPE)
		return;
	report->failed = true;
	complain("writing to %s: %s", output_name(&output), strerror(-failed));
}

static void show_records(struct report *report)
{
	struct mmt_recording *recording = report->recording;
	enum mmt_recording_result got;
	const void *records;
	size_t len;

	while (!report->closed) {
		got = mmt_recording_next(recording, &records, &len);
		if (got == MMT_RECORDING_END)
			return;
		if (got == MMT_RECORDING_FAULT)
			input_failed(report, mmt_recording_error(recording));
		else
			check_output(report, render_records(&report->render, records, len));
	}
}

static void show(struct report *report)
{
	struct ledger account, *ledger;

	check_output(report, render_begin(&report->render));
	show_records(report);
	ledger = ledger_take(report->recording, &account) ? &account : NULL;
	if (!report->closed)
		check_output(report, render_end(&report->render, ledger));
	if (!report->closed && ledger)
		account_tell_losses(ledger);
}

/* Faults are told, and the rest counts. */
static void show_info(struct report *report)
{
	report->render.format = &format_none;
	show_records(report);
	report_info(report);
	check_output(report, fflush(report->render.out) ? -errno : 0);
}

static int open_all(struct report *report)
{
	struct output output = output_of(report);

	if (report->program && mmt_program_len(report->program))
		report->render.wanted = report->program;
	report->render.facts = *mmt_recording_facts(report->recording);
	report->render.path = report->output;
	report->render.out = output_open(&output);
	return report->render.out ? 0 : -1;
}

static void run(struct report *report)
{
	if (open_all(report)) {
		report->failed = true;
		return;
	}
	if (report->info)
		show_info(report);
	else
		show(report);
	render_free(&report->render);
	if (fclose(report->render.out))
		check_output(report, -errno);
}

static int make_room(struct report *report)
{
	report->recording = mmt_recording_new();
	if (!report->recording)
		return -1;
	if (!report->with_symbols && report->render.format != &format_recording)
		return 0;
	report->render.symbols = mmt_symbols_new(false);
	mmt_recording_symbols(report->recording, report->render.symbols);
	return report->render.symbols ? 0 : -1;
}

/**
 * report_run() - show a recording
 * @report: what to show; all that the caller does not set is zero
 *
 * Return: the exit code.
 */
int report_run(struct report *report)
{
	FILE *in = strcmp(report->input, "-") ? fopen(report->input, "re") : stdin;

	if (!in) {
		input_failed(report, strerror(errno));
		return EXIT_FAILED;
	}
	signal(SIGPIPE, SIG_IGN);
	if (make_room(report))
		input_failed(report, "no memory");
	else if (mmt_recording_open(report->recording, in))
		input_failed(report, mmt_recording_error(report->recording));
	else
		run(report);
	mmt_recording_free(report->recording);
	mmt_symbols_free(report->render.symbols);
	return report->failed ? EXIT_FAILED : EXIT_OK;
}
