// SPDX-License-Identifier: GPL-2.0
/*
 * floor: the least that a probe on do_mmap() costs, to compare tracers with.
 *
 * way=kprobe		a probe that does nothing
 * way=kretprobe	one at entry and return that does nothing
 * way=record		likewise, and 80 bytes are left in a buffer: who, when, six
 *			arguments, result; debugfs floor has them
 * only=PID		of this process alone; the return of others is not hooked
 *
 * For machines with one processor: nothing here is safe with more.
 */
#include <linux/debugfs.h>
#include <linux/kprobes.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/vmalloc.h>

#define RECORDS		65536

struct record {
	u64	time;
	u32	tgid;
	u32	pid;
	u64	args[6];
	u64	ret;
	u64	duration;
};

static char *way = "record";
module_param(way, charp, 0);
static int only;
module_param(only, int, 0);

static struct record *records;
static struct debugfs_blob_wrapper blob;
static struct dentry *file;

static int nothing(struct kprobe *probe, struct pt_regs *regs)
{
	return 0;
}

static int enter(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	return only && current->tgid != only;
}

static int leave(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	return 0;
}

static int enter_record(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	struct record *record = (struct record *)instance->data;
	int i;

	if (only && current->tgid != only)
		return 1;
	for (i = 0; i < 6; i++)
		record->args[i] = regs_get_kernel_argument(regs, i);
	record->duration = ktime_get_mono_fast_ns();
	return 0;
}

static int leave_record(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	struct record *record = (struct record *)instance->data;

	record->time = ktime_get_mono_fast_ns();
	record->duration = record->time - record->duration;
	record->tgid = current->tgid;
	record->pid = current->pid;
	record->ret = regs_return_value(regs);
	if (blob.size < RECORDS * sizeof(*record)) {
		memcpy(blob.data + blob.size, record, sizeof(*record));
		blob.size += sizeof(*record);
	}
	return 0;
}

static struct kprobe probe = {
	.symbol_name	= "do_mmap",
	.pre_handler	= nothing,
};

static struct kretprobe return_probe = {
	.kp.symbol_name	= "do_mmap",
	.entry_handler	= enter,
	.handler	= leave,
};

static int __init floor_init(void)
{
	BUILD_BUG_ON(sizeof(struct record) != 80);
	if (!strcmp(way, "kprobe"))
		return register_kprobe(&probe);
	if (!strcmp(way, "kretprobe"))
		return register_kretprobe(&return_probe);
	records = vzalloc(array_size(RECORDS, sizeof(*records)));
	if (!records)
		return -ENOMEM;
	blob.data = records;
	file = debugfs_create_blob("floor", 0400, NULL, &blob);
	return_probe.entry_handler = enter_record;
	return_probe.handler = leave_record;
	return_probe.data_size = sizeof(struct record);
	return register_kretprobe(&return_probe);
}

static void __exit floor_exit(void)
{
	if (!strcmp(way, "kprobe"))
		unregister_kprobe(&probe);
	else
		unregister_kretprobe(&return_probe);
	debugfs_remove(file);
	vfree(records);
}

module_init(floor_init);
module_exit(floor_exit);
MODULE_DESCRIPTION("The least that a probe costs");
MODULE_LICENSE("GPL");
