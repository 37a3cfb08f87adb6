/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The instruction by which programs of the guest show themselves to bench/span.c: it does
 * nothing, on x86-64, and is in no other program.
 */
#ifndef BENCH_SPAN_H
#define BENCH_SPAN_H

/* nopl 0x6b72616d(%rax) */
#define MARKER	"\x0f\x1f\x80mark"

static inline void mark(void)
{
#ifdef __x86_64__
	asm volatile(".byte 0x0f, 0x1f, 0x80; .ascii \"mark\"" : : : "memory");
#endif
}

#endif
