// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "escape.h"
#include "frame.h"
#include "libmmtrace.h"

/* Whatever a symbol table has for a name, there is room for so much of it. */
static void put_name(struct line *line, const char *name)
{
	escape(line, name, strnlen(name, MMTRACE_TEXT_PATH_MAX), FRAME_SEPARATOR);
}

/**
 * frame_put() - a frame: the function, else the file and the offset in it, else the address
 * @line: where to put it, with room for FRAME_MAX bytes
 * @rec: the call
 * @symbols: to ask; NULL for the address alone
 * @ip: the address
 */
void frame_put(struct line *line, const struct mmtrace_record *rec, struct mmt_symbols *symbols,
	       __u64 ip)
{
	struct mmt_symbol symbol = { 0 };

	if (symbols)
		symbol = mmt_symbols_find(symbols, rec, ip);
	if (symbol.path && symbol.name) {
		put_name(line, symbol.name);
		return;
	}
	if (symbol.path) {
		put_name(line, symbol.path);
		line_char(line, '+');
	}
	line_hex(line, symbol.path ? symbol.offset : ip);
}
