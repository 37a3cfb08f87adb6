/* SPDX-License-Identifier: GPL-2.0 */
/* How a program in the guest tells count.c what it begins with. */
#ifndef BENCH_MARK_H
#define BENCH_MARK_H

#define MARK_PHASES	16

/* A long nop with a displacement that no compiler makes; its last byte is the phase. */
#define MARK_CODE	"\x0f\x1f\x80mmt"
#define MARK_LEN	6

#define mark(phase)							\
({									\
	asm volatile(".byte 0x0f, 0x1f, 0x80\n\t.ascii \"mmt\"\n\t.byte %c0" \
		     : : "i"(phase) : "memory");			\
})

#endif /* BENCH_MARK_H */
