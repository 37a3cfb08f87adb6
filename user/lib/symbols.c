// SPDX-License-Identifier: GPL-2.0
/*
 * What is mapped where in a process, from two sources: the records themselves,
 * which also tell of processes that have ended by the time that they are read;
 * and /proc/PID/maps, which tells what was there before, and what has been
 * unmapped, of which there is no record.
 *
 * No name is better than a wrong one. The maps may be those of another program,
 * which the process has executed since: they count only if the thread still has
 * the name that the record says.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "crc32c.h"
#include "image.h"
#include "libmmtrace.h"
#include "space.h"
#include "symbols.h"

#define PROCESSES_MAX	256
#define REFRESH_NS	250000000ull	/* how old the maps may be */
#define FMODE_EXEC	0x20		/* of a file that is being executed */
#define INIT_PID_NS	0xeffffffcu	/* its inode number, always the same */

/**
 * struct process - a process and its address space
 * @next: seen before this one
 * @tgid: which it is
 * @space: code in it
 * @read: when its maps were read, ns of CLOCK_MONOTONIC; 0 if never since it has
 *	executed a program
 * @starting: the last record was of an execve()
 * @has_maps: it has maps that symbols_news() has not looked at
 * @told: checksum of those that it told last
 */
struct process {
	struct process	*next;
	__u32		tgid;
	struct space	space;
	__u64		read;
	bool		starting;
	bool		has_maps;
	__u32		told;
};

/**
 * struct mmt_symbols - all that is known
 * @processes: the one asked for last is first
 * @has_proc: /proc is that of the process ids that records have
 */
struct mmt_symbols {
	struct process	*processes;
	bool		has_proc;
};

struct mmt_symbols *mmt_symbols_new(bool is_live)
{
	struct mmt_symbols *symbols = calloc(1, sizeof(*symbols));
	struct stat status;

	if (symbols)
		symbols->has_proc = is_live && !stat("/proc/self/ns/pid", &status) &&
				    status.st_ino == INIT_PID_NS;
	return symbols;
}

static void free_process(struct process *process)
{
	space_clear(&process->space);
	free(process);
}

void mmt_symbols_free(struct mmt_symbols *symbols)
{
	struct process *process;

	while (symbols && (process = symbols->processes)) {
		symbols->processes = process->next;
		free_process(process);
	}
	free(symbols);
	images_free();
}

/* Takes the process out of the list, or the one that nobody asked for longest. */
static struct process *take(struct mmt_symbols *symbols, __u32 tgid)
{
	struct process **at = &symbols->processes, *process;
	unsigned int n = 0;

	while (*at && (*at)->tgid != tgid && ++n < PROCESSES_MAX)
		at = &(*at)->next;
	process = *at;
	if (!process)
		return NULL;
	*at = process->next;
	if (process->tgid == tgid)
		return process;
	free_process(process);
	return NULL;
}

static struct process *find_process(struct mmt_symbols *symbols, __u32 tgid)
{
	struct process *process = take(symbols, tgid);

	if (!process)
		process = calloc(1, sizeof(*process));
	if (!process)
		return NULL;
	process->tgid = tgid;
	process->next = symbols->processes;
	symbols->processes = process;
	return process;
}

/* @end is rounded up as the kernel does it. */
static void learn_mapping(struct process *process, const struct mmtrace_record *rec)
{
	const struct mmtrace_do_mmap *args = &rec->do_mmap;
	const struct mmtrace_file *file = (const void *)(args + 1);
	__u64 page = sysconf(_SC_PAGESIZE), start = rec->call.ret;
	__u64 end = start + (args->len + page - 1) / page * page;
	bool has_file = rec->head.flags & MMTRACE_R_FILE;
	bool starting = has_file && file->open_flags & FMODE_EXEC;

	if (starting && !process->starting) {
		space_clear(&process->space);
		process->read = 0;
		process->told = 0;
	}
	process->starting = starting;
	space_unmap(&process->space, start, end);
	if (!has_file || !(args->prot & 4 /* PROT_EXEC */))
		return;
	space_map(&process->space, &(struct mapping) {
			.start = start, .end = end, .offset = args->pgoff * page,
			.inode = file->inode, .dev_major = file->dev_major,
			.dev_minor = file->dev_minor, .path = (char *)file->path,
		  });
}

static bool has_failed(const struct mmtrace_record *rec)
{
	return rec->call.ret < 0 && rec->call.ret >= -4095;
}

void mmt_symbols_learn(struct mmt_symbols *symbols, const struct mmtrace_record *rec)
{
	const struct mmtrace_mremap *args = &rec->mremap;
	struct process *process;

	if ((rec->head.event != MMTRACE_EVENT_DO_MMAP && rec->head.event != MMTRACE_EVENT_MREMAP) ||
	    has_failed(rec))
		return;
	process = find_process(symbols, rec->call.tgid);
	if (!process)
		return;
	if (rec->head.event == MMTRACE_EVENT_DO_MMAP) {
		learn_mapping(process, rec);
		return;
	}
	space_unmap(&process->space, args->old_address, args->old_address + args->old_size);
	space_unmap(&process->space, rec->call.ret, rec->call.ret + args->new_size);
}

static FILE *open_proc(const char *format, __u32 tgid, __u32 tid)
{
	char path[64];

	snprintf(path, sizeof(path), format, tgid, tid);
	return fopen(path, "re");
}

static bool has_same_name(const struct mmtrace_record *rec)
{
	FILE *file = open_proc("/proc/%u/task/%u/comm", rec->call.tgid, rec->call.tid);
	size_t len = strnlen(rec->call.comm, sizeof(rec->call.comm)), got;
	char comm[sizeof(rec->call.comm) + 1];

	if (!file)
		return false;
	got = fread(comm, 1, sizeof(comm), file);
	fclose(file);
	return got == len + 1 && !memcmp(comm, rec->call.comm, len);
}

static __u64 now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000ull + time.tv_nsec;
}

/* If not, it ended while its maps were read, and what was read is the beginning of them. */
static bool has_memory(__u32 tgid)
{
	FILE *maps = open_proc("/proc/%u/maps", tgid, 0);
	bool has = maps && fgetc(maps) != EOF;

	if (maps)
		fclose(maps);
	return has;
}

/* Of a process that has ended all stays as the records have it. */
static void refresh(struct process *process, const struct mmtrace_record *rec)
{
	__u64 time = now();
	struct space space = {};
	FILE *maps;

	if (rec->head.time < process->read || time - process->read < REFRESH_NS)
		return;
	process->read = time;
	maps = open_proc("/proc/%u/maps", process->tgid, 0);
	if (!maps)
		return;
	space_read(&space, maps);
	fclose(maps);
	if (space.len && has_memory(process->tgid) && has_same_name(rec)) {
		space_clear(&process->space);
		process->space = space;
		process->has_maps = true;
	} else {
		space_clear(&space);
	}
}

struct mmt_symbol mmt_symbols_find(struct mmt_symbols *symbols, const struct mmtrace_record *rec,
				   __u64 ip)
{
	struct process *process = find_process(symbols, rec->call.tgid);
	const struct mapping *mapping;
	struct mmt_symbol symbol = {};

	if (!process)
		return symbol;
	if (symbols->has_proc)
		refresh(process, rec);
	/* What is called last in a function returns behind its end. */
	mapping = space_find(&process->space, ip - 1);
	if (!mapping)
		return symbol;
	symbol.path = mapping->path;
	symbol.offset = mapping->offset + ip - mapping->start;
	symbol.name = image_symbol(mapping, process->tgid, symbol.offset - 1, &symbol.distance);
	symbol.distance++;
	return symbol;
}

/**
 * symbols_news() - what must be kept to find the symbols of a stack later
 * @symbols: what is known
 * @rec: whose stack it is
 *
 * Return: lines as of /proc/PID/maps, to be freed; NULL if records and what was returned
 * before tell it all.
 */
char *symbols_news(struct mmt_symbols *symbols, const struct mmtrace_record *rec)
{
	struct process *process = find_process(symbols, rec->call.tgid);
	char *text;
	__u32 sum;

	if (!process)
		return NULL;
	if (symbols->has_proc)
		refresh(process, rec);
	if (!process->has_maps)
		return NULL;
	process->has_maps = false;
	text = space_text(&process->space);
	sum = text ? crc32c(text, strlen(text)) : 0;
	if (sum == process->told) {
		free(text);
		return NULL;
	}
	process->told = sum;
	return text;
}

/**
 * symbols_take() - take what symbols_news() told
 * @symbols: what is known
 * @tgid: of which process
 * @maps: the lines
 * @len: bytes of them
 */
void symbols_take(struct mmt_symbols *symbols, __u32 tgid, const char *maps, size_t len)
{
	struct process *process = find_process(symbols, tgid);
	FILE *lines = process && len ? fmemopen((void *)maps, len, "r") : NULL;

	if (!lines)
		return;
	space_clear(&process->space);
	space_read(&process->space, lines);
	process->has_maps = true;
	fclose(lines);
}
