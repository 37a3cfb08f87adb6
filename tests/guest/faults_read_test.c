// SPDX-License-Identifier: GPL-2.0
/*
 * Whatever fails within a read(), no record is lost or given twice; and what fails
 * within a call that is traced is in its record.
 */
#include <sched.h>

#include "fault.h"

FIXTURE(read)
{
	struct trace	trace;
};

FIXTURE_SETUP(read)
{
	trace_open(_metadata, &self->trace, &(struct mmtrace_config) { .ring_size = 65536 });
	ASSERT_EQ(0, filter_mark(self->trace.fd));
}

FIXTURE_TEARDOWN(read)
{
	close(self->trace.fd);
	expect_nothing_left(_metadata);
}

#define CALLS		5
#define RECORDS		(2 * CALLS)	/* each a do_mmap and a mmap */

static unsigned int count_records(const struct trace *trace)
{
	const struct mmtrace_record *record = NULL;
	unsigned int count = 0;

	while ((record = trace_next(trace, record)))
		count++;
	return count;
}

static long take_records(void *data)
{
	struct trace *trace = data;
	ssize_t ret = read(trace->fd, trace->buf, TRACE_ROOM);

	trace->len = ret < 0 ? 0 : ret;
	return ret < 0 ? -errno : ret;
}

/* Whatever the read says, each record is there once: in it, or in the next. */
TEST_F(read, binary)
{
	const struct mmtrace_record *record = NULL;
	unsigned int nth = 1, refused = 0, count;
	bool failed;
	long ret;

	trace_start(_metadata, &self->trace);
	do {
		mark_calls(CALLS);
		failed = fault_call(nth++, take_records, &self->trace, &ret);
		if (ret < 0) {
			refused++;
			expect_fault(_metadata, nth, ret);
		}
		while ((record = trace_next(&self->trace, record)))
			record_check(_metadata, &self->trace, record);
		count = count_records(&self->trace);
		trace_read(_metadata, &self->trace);
		EXPECT_EQ(RECORDS, count + count_records(&self->trace));
	} while (failed);
	EXPECT_EQ(0, self->trace.lost);
	EXPECT_LT(0, refused);
}

/* Every line once and whole, whatever it was cut into: one CPU, so they are counted. */
static unsigned int expect_lines(struct __test_metadata *_metadata, char *text, size_t len,
				 unsigned int seq)
{
	char *line, *end, *at;

	text[len] = '\0';
	for (line = text; (end = strchr(line, '\n')); line = end + 1) {
		*end = '\0';
		at = strstr(line, " seq=");
		ASSERT_NE(NULL, at) TH_LOG("'%s'", line);
		EXPECT_EQ(seq++, strtoul(at + 5, NULL, 10));
	}
	EXPECT_EQ('\0', *line);
	return seq;
}

struct reading {
	int	fd;
	char	text[65536];
	size_t	len;
};

static long take_text(void *data)
{
	struct reading *reading = data;
	ssize_t ret = read(reading->fd, reading->text + reading->len,
			   sizeof(reading->text) - 1 - reading->len);

	reading->len += ret > 0 ? ret : 0;
	return ret < 0 ? -errno : ret;
}

TEST_F(read, text)
{
	static struct reading reading;
	unsigned int nth = 1, refused = 0, seq = 0, before;
	struct mmtrace_config config;
	bool failed;
	cpu_set_t cpu;
	long ret;

	CPU_ZERO(&cpu);
	CPU_SET(0, &cpu);
	ASSERT_EQ(0, sched_setaffinity(0, sizeof(cpu), &cpu));
	ASSERT_EQ(0, get_config(self->trace.fd, &config));
	config.format = MMTRACE_FORMAT_TEXT;
	ASSERT_EQ(0, mmtrace_ioctl(self->trace.fd, MMTRACE_IOC_SET_CONFIG, &config));
	trace_start(_metadata, &self->trace);
	reading.fd = self->trace.fd;
	do {
		mark_calls(CALLS);
		reading.len = 0;
		failed = fault_call(nth++, take_text, &reading, &ret);
		if (ret < 0) {
			refused++;
			expect_fault(_metadata, nth, ret);
		}
		while (take_text(&reading) > 0)
			;
		before = seq;
		seq = expect_lines(_metadata, reading.text, reading.len, seq);
		EXPECT_EQ(before + RECORDS, seq);
	} while (failed);
	EXPECT_LT(0, refused);
}

static long map_file(void *fd)
{
	return raw_syscall(SYS_mmap, NULL, MARK_LEN, PROT_READ, MAP_PRIVATE, *(int *)fd, 0);
}

/* Of a call within which something fails, the record says so. */
TEST_F(read, of_a_call_that_fails)
{
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	unsigned int nth = 1, refused = 0;
	const struct mmtrace_record *record;
	bool failed;
	long ret;

	ASSERT_LE(0, fd);
	trace_start(_metadata, &self->trace);
	do {
		failed = fault_call(nth++, map_file, &fd, &ret);
		if (ret < 0 && ret > -4096)
			refused++;
		else
			munmap((void *)ret, MARK_LEN);
		trace_read(_metadata, &self->trace);
		record = trace_find(&self->trace, MMTRACE_EVENT_MMAP, gettid(), 0);
		ASSERT_NE(NULL, record);
		EXPECT_EQ(ret, record->call.ret);
		record = trace_find(&self->trace, MMTRACE_EVENT_DO_MMAP, gettid(), 0);
		ASSERT_NE(NULL, record);
		EXPECT_EQ(ret, record->call.ret);
		ASSERT_NE(NULL, file_of(record));
		EXPECT_NE(NULL, strstr(file_of(record)->path, "faults_read_test"));
	} while (failed);
	EXPECT_LT(0, refused);
	close(fd);
}

int main(int argc, char **argv)
{
	return fault_main(argc, argv);
}
