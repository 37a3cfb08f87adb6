// SPDX-License-Identifier: GPL-2.0
/*
 * span: a plugin of QEMU that counts the instructions of each processor, for machines with
 * several, where the clock can't: they wait for each other, and would be counted waiting.
 *
 * Arguments: log=FILE. Each time a processor executes the marker (see bench/span.h), its number
 * and what it has executed so far become a line there.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "span.h"
#include "plugin.h"

#define PROCESSORS	64

int qemu_plugin_version = 1;

static uint64_t executed[PROCESSORS];
static FILE *out;

static void count(unsigned int processor, void *data)
{
	executed[processor % PROCESSORS] += (uintptr_t)data;
}

static void show(unsigned int processor, void *data)
{
	(void)data;
	fprintf(out, "%u %llu\n", processor,
		(unsigned long long)executed[processor % PROCESSORS]);
	fflush(out);
}

static void translated(uint64_t id, struct qemu_plugin_tb *tb)
{
	size_t i, n = qemu_plugin_tb_n_insns(tb);
	struct qemu_plugin_insn *insn;

	(void)id;
	qemu_plugin_register_vcpu_tb_exec_cb(tb, count, 0, (void *)(uintptr_t)n);
	for (i = 0; i < n; i++) {
		insn = qemu_plugin_tb_get_insn(tb, i);
		if (qemu_plugin_insn_size(insn) == sizeof(MARKER) - 1 &&
		    !memcmp(qemu_plugin_insn_data(insn), MARKER, sizeof(MARKER) - 1))
			qemu_plugin_register_vcpu_insn_exec_cb(insn, show, 0, NULL);
	}
}

int qemu_plugin_install(uint64_t id, const struct qemu_info *info, int argc, char **argv)
{
	(void)info;
	if (argc != 1 || strncmp(argv[0], "log=", 4))
		return -1;
	out = fopen(argv[0] + 4, "w");
	if (!out)
		return -1;
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	return 0;
}
