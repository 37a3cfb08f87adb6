// SPDX-License-Identifier: GPL-2.0
/*
 * count: a plugin of QEMU that counts the instructions of a guest by their address,
 * as long as the guest says so.
 *
 * The guest says so with an instruction that does nothing, see mark.h. Each begins
 * another phase; phase 0 is not counted. In the file that the argument out= names
 * there is in the end a line for each block of code and phase: phase, address,
 * instructions.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mark.h"
#include "plugin.h"

__attribute__((visibility("default"))) int qemu_plugin_version = 1;

/* A block of code, as QEMU translated it; the same code may be translated again. */
struct block {
	struct block		*next;
	unsigned long long	address;
	unsigned long long	instructions;
	unsigned long long	runs[MARK_PHASES];
};

static struct block *blocks;
static uintptr_t phase;
static FILE *out;

static void run(unsigned int vcpu, void *data)
{
	struct block *block = data;

	(void)vcpu;
	block->runs[phase]++;
}

static void begin_phase(unsigned int vcpu, void *data)
{
	(void)vcpu;
	phase = (uintptr_t)data;
}

static void look_for_mark(struct qemu_plugin_insn *insn)
{
	const uint8_t *code = qemu_plugin_insn_data(insn);
	uintptr_t next;

	if (qemu_plugin_insn_size(insn) != MARK_LEN + 1 || memcmp(code, MARK_CODE, MARK_LEN))
		return;
	next = code[MARK_LEN];
	if (next < MARK_PHASES)
		qemu_plugin_register_vcpu_insn_exec_cb(insn, begin_phase, 0, (void *)next);
}

static void translate(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	struct block *block = calloc(1, sizeof(*block));
	size_t i;

	(void)id;
	if (!block)
		abort();
	block->address = qemu_plugin_insn_vaddr(qemu_plugin_tb_get_insn(tb, 0));
	block->instructions = qemu_plugin_tb_n_insns(tb);
	block->next = blocks;
	blocks = block;
	qemu_plugin_register_vcpu_tb_exec_cb(tb, run, 0, block);
	for (i = 0; i < block->instructions; i++)
		look_for_mark(qemu_plugin_tb_get_insn(tb, i));
}

static void print(qemu_plugin_id_t id, void *data)
{
	const struct block *block;
	int i;

	(void)id;
	(void)data;
	for (block = blocks; block; block = block->next)
		for (i = 1; i < MARK_PHASES; i++)
			if (block->runs[i])
				fprintf(out, "%d %016llx %llu\n", i, block->address,
					block->runs[i] * block->instructions);
	fclose(out);
}

/* QEMU calls this. */
__attribute__((visibility("default")))
int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info *info, int argc, char **argv)
{
	(void)info;
	if (argc != 1 || strncmp(argv[0], "out=", 4))
		return -1;
	out = fopen(argv[0] + 4, "w");
	if (!out)
		return -1;
	qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
	qemu_plugin_register_atexit_cb(id, print, NULL);
	return 0;
}
