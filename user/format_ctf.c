// SPDX-License-Identifier: GPL-2.0
/*
 * A trace of the Common Trace Format, which babeltrace2 and Trace Compass read: a
 * directory with the metadata and a file for each CPU.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctf_metadata.h"
#include "ctf_stream.h"
#include "format.h"
#include "libmmtrace.h"
#include "render.h"

/* More than any kernel can be built for. What a file says of a machine need not be so. */
#define CPUS_MAX	8192

/**
 * struct ctf - the state
 * @dir: the directory
 * @streams: by CPU; NULL of one of which no record has come
 */
struct ctf {
	int			dir;
	struct ctf_stream	*streams[CPUS_MAX];
};

static int write_metadata(int dir, const struct mmt_facts *facts)
{
	int fd = openat(dir, "metadata", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	FILE *out = fd < 0 ? NULL : fdopen(fd, "w");
	int failed;

	if (!out)
		return -errno;
	ctf_metadata(out, facts);
	failed = ferror(out) ? -EIO : 0;
	return fclose(out) ? -errno : failed;
}

/* The directory is ours alone, as files of another trace would be taken for part of it. */
static int ctf_begin(struct render *render)
{
	struct ctf *ctf = calloc(1, sizeof(*ctf));

	if (!ctf)
		return -ENOMEM;
	ctf->dir = -1;
	render->state = ctf;
	if (mkdir(render->path, 0777))
		return -errno;
	ctf->dir = open(render->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return ctf->dir < 0 ? -errno : write_metadata(ctf->dir, &render->facts);
}

static struct ctf_stream *find_stream(struct render *render, __u32 cpu)
{
	struct ctf *ctf = render->state;

	if (cpu >= CPUS_MAX) {
		render->failed = -EBADMSG;
		return NULL;
	}
	if (!ctf->streams[cpu])
		ctf->streams[cpu] = ctf_stream_new(ctf->dir, cpu);
	if (!ctf->streams[cpu])
		render->failed = -ENOMEM;
	return ctf->streams[cpu];
}

static void ctf_record(struct render *render, const struct mmtrace_record *rec)
{
	struct ctf_stream *stream = find_stream(render, rec->head.cpu);
	int failed = stream ? ctf_stream_put(stream, rec) : 0;

	if (failed)
		render->failed = failed;
}

static int ctf_end(struct render *render, const struct ledger *ledger __attribute__((unused)))
{
	struct ctf *ctf = render->state;
	int failed = 0;
	__u32 cpu;

	for (cpu = 0; cpu < CPUS_MAX && !failed; cpu++)
		if (ctf->streams[cpu])
			failed = ctf_stream_flush(ctf->streams[cpu]);
	return failed;
}

static void ctf_free(struct render *render)
{
	struct ctf *ctf = render->state;
	__u32 cpu;

	if (!ctf)
		return;
	for (cpu = 0; cpu < CPUS_MAX; cpu++)
		free(ctf->streams[cpu]);
	if (ctf->dir >= 0)
		close(ctf->dir);
	free(ctf);
}

const struct format format_ctf = {
	.name		= "ctf",
	.summary	= "a directory for babeltrace2 and Trace Compass",
	.is_directory	= true,
	.begin		= ctf_begin,
	.record		= ctf_record,
	.end		= ctf_end,
	.free		= ctf_free,
};
