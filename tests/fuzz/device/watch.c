// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <regex.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "watch.h"

#define PATTERNS_MAX	64
#define NOTE		"fuzz: "

static regex_t patterns[PATTERNS_MAX];
static unsigned int patterns_len;
static int log_fd = -1, note_fd = -1;
static bool is_excused;

/**
 * watch_init() - what is in the log up to now is no matter
 * @path: of tests/vm/complaints
 */
void watch_init(const char *path)
{
	FILE *in = fopen(path, "r");
	char line[256];

	log_fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	note_fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
	if (!in || log_fd < 0 || lseek(log_fd, 0, SEEK_END) < 0) {
		perror(path);
		exit(2);
	}
	while (patterns_len < PATTERNS_MAX && fgets(line, sizeof(line), in)) {
		line[strcspn(line, "\n")] = '\0';
		if (*line && regcomp(&patterns[patterns_len++], line, REG_EXTENDED | REG_NOSUB))
			abort();
	}
	fclose(in);
}

/**
 * watch_note() - tell the log, not the console, what is going on: a panic shows it
 * @format: of printf()
 */
void watch_note(const char *format, ...)
{
	char text[512] = "<7>" NOTE;
	size_t len = strlen(text);
	va_list args;

	va_start(args, format);
	vsnprintf(text + len, sizeof(text) - len, format, args);
	va_end(args);
	if (write(note_fd, text, strlen(text)) < 0)
		return;
}

/* As tests/vm/excused: memory that a step told to fail, and the kernel's own words of it. */
static bool excuse(const char *line)
{
	if (strstr(line, " faults_") &&
	    (strstr(line, "vmalloc error") || strstr(line, "page allocation failure")))
		is_excused = true;
	if (!is_excused)
		return false;
	if (strstr(line, "</TASK>"))
		is_excused = false;
	return true;
}

static bool complains(const char *line)
{
	unsigned int i;

	if (excuse(line))
		return false;
	for (i = 0; i < patterns_len; i++)
		if (!regexec(&patterns[i], line, 0, NULL, 0))
			return true;
	return false;
}

/**
 * watch_complaint() - what has come into the log since the last time
 *
 * Return: the first line that is a complaint, until the next call; or NULL.
 */
const char *watch_complaint(void)
{
	static char found[1024];
	char record[8192], *text;
	ssize_t got;

	*found = '\0';
	while ((got = read(log_fd, record, sizeof(record) - 1)) > 0 || errno == EPIPE) {
		if (got <= 0)
			continue;
		record[got] = '\0';
		text = strchr(record, ';');
		text = text ? text + 1 : record;
		text[strcspn(text, "\n")] = '\0';
		if (strncmp(text, NOTE, strlen(NOTE)) && !*found && complains(text))
			snprintf(found, sizeof(found), "%.1000s", text);
	}
	return *found ? found : NULL;
}
