// SPDX-License-Identifier: GPL-2.0
/* example N EXPR: prints the first N mappings of files that an expression wants */
#include <err.h>
#include <poll.h>
#include <stdlib.h>
#include <libmmtrace.h>

int main(int argc, char **argv)
{
	static __u64 records[8 * MMTRACE_RECORD_MAX / sizeof(__u64)];
	struct mmt_device *device = mmt_device_new(NULL);
	struct mmt_program *filter = mmt_program_new();
	int left = argc == 3 ? atoi(argv[1]) : 0;
	const struct mmtrace_record *rec;
	struct mmt_fault fault = { 0 };

	if (!left || mmt_program_parse(filter, argv[2], &fault))
		errx(2, "usage: example N EXPR %s", fault.text);
	if (mmt_device_open(device) || mmt_device_set_filter(device, filter))
		errx(1, "%s", mmt_device_error(device));
	for (ssize_t len = MMT_EMPTY; left > 0 && len && len != -1;) {
		poll(&(struct pollfd){ mmt_device_fd(device), POLLIN, 0 }, 1, -1);
		len = mmt_device_read(device, records, sizeof(records));
		for (size_t at = 0; len > 0 && (rec = mmt_next(records, len, &at));)
			if (mmt_file(rec) && left-- > 0)
				printf("%.16s %s\n", rec->call.comm, mmt_file(rec)->path);
	}
	return left > 0;
}
