/* SPDX-License-Identifier: GPL-2.0 */
/* The file that records are written to. */
#ifndef MMTRACE_OUTPUT_H
#define MMTRACE_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

/**
 * struct output - where to write
 * @path: of the file; NULL for @fd, "-" for standard output
 * @fd: standard output or standard error
 * @is_binary: what is written is nothing for a terminal
 * @is_directory: the format makes it, and the file is none
 * @keeps_old: a file that is there becomes PATH.old
 */
struct output {
	const char	*path;
	int		fd;
	bool		is_binary;
	bool		is_directory;
	bool		keeps_old;
};

const char *output_name(const struct output *output);
FILE *output_open(const struct output *output);

#endif /* MMTRACE_OUTPUT_H */
