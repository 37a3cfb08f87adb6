/* SPDX-License-Identifier: GPL-2.0 */
/* The formats in which records can be written, one file a format. */
#ifndef MMTRACE_FORMAT_H
#define MMTRACE_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <linux/mmtrace.h>

struct ledger;
struct render;

/**
 * struct format - a way to write records
 * @name: by which users choose it
 * @summary: one line for the help
 * @is_binary: nothing for a terminal
 * @is_directory: it makes one, at @path of struct render; nothing goes to @out
 * @begin: before the first record; may be NULL. Returns 0, or a negative errno
 * @record: writes a valid record to @out of struct render; what it could not write
 *	is left to ferror(), what else went wrong to @failed
 * @batch: gets valid records as they come, many at once, instead of @record; may be
 *	NULL. Returns 0, or a negative errno
 * @end: after the last record; may be NULL. Gets the account, or NULL where there
 *	is none, as of a file that was cut. Returns 0, or a negative errno
 * @free: forgets @state of struct render, whatever came before; may be NULL
 */
struct format {
	const char	*name;
	const char	*summary;
	bool		is_binary;
	bool		is_directory;
	int		(*begin)(struct render *render);
	void		(*record)(struct render *render, const struct mmtrace_record *rec);
	int		(*batch)(struct render *render, const void *buf, size_t len);
	int		(*end)(struct render *render, const struct ledger *ledger);
	void		(*free)(struct render *render);
};

extern const struct format format_text;
extern const struct format format_json;
extern const struct format format_recording;
extern const struct format format_csv;
extern const struct format format_chrome;
extern const struct format format_ctf;
extern const struct format format_folded;
extern const struct format format_folded_bytes;
extern const struct format format_html;
extern const struct format format_svg;

/* Writes nothing; no user chooses it. */
extern const struct format format_none;

/* Of the option that chooses one. */
#define FORMAT_HELP	"one of those below; default: text"

/* All that users can choose, the last one without a name. */
extern const struct format *const formats[];

const struct format *format_find(const char *name);
int format_check_output(const struct format *format, const char *output);
void formats_help(FILE *out);

#endif /* MMTRACE_FORMAT_H */
