// SPDX-License-Identifier: GPL-2.0
/* Names of flags, against how strace has them. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "names.h"
#include "tap.h"
#include "text.h"

static const struct {
	const struct mmtrace_flags *set;
	__u64 value;
	const char *text;
} cases[] = {
	{ &mmtrace_prot_flags, 0, "PROT_NONE" },
	{ &mmtrace_prot_flags, 7, "PROT_READ|PROT_WRITE|PROT_EXEC" },
	{ &mmtrace_prot_flags, 0x1000009, "PROT_READ|PROT_SEM|PROT_GROWSDOWN" },
	{ &mmtrace_prot_flags, 0xad0001, "PROT_READ|0xad0000" },
	{ &mmtrace_prot_flags, 1ull << 63, "0x8000000000000000" },
	{ &mmtrace_map_flags, 0, "0" },
	{ &mmtrace_map_flags, 0x01, "MAP_SHARED" },
	{ &mmtrace_map_flags, 0x02, "MAP_PRIVATE" },
	{ &mmtrace_map_flags, 0x03, "MAP_SHARED_VALIDATE" },
	{ &mmtrace_map_flags, 0x04, "0x4" },
	{ &mmtrace_map_flags, 0x24, "0x4|MAP_ANONYMOUS" },
	{ &mmtrace_map_flags, 0x20, "MAP_ANONYMOUS" },
	{ &mmtrace_map_flags, 0x22, "MAP_PRIVATE|MAP_ANONYMOUS" },
	{ &mmtrace_map_flags, 0x1812, "MAP_PRIVATE|MAP_FIXED|MAP_DENYWRITE|MAP_EXECUTABLE" },
	{ &mmtrace_map_flags, 0x4022, "MAP_PRIVATE|MAP_ANONYMOUS|MAP_NORESERVE" },
	{ &mmtrace_map_flags, 0x20022, "MAP_PRIVATE|MAP_ANONYMOUS|MAP_STACK" },
	{ &mmtrace_map_flags, 0x40022, "MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB" },
	{ &mmtrace_map_flags, 0x54040022,
	  "MAP_PRIVATE|MAP_ANONYMOUS|MAP_HUGETLB|21<<MAP_HUGE_SHIFT" },
	{ &mmtrace_map_flags, 0x4000022, "MAP_PRIVATE|MAP_ANONYMOUS|MAP_UNINITIALIZED" },
	{ &mmtrace_map_flags, 0x180003, "MAP_SHARED_VALIDATE|MAP_SYNC|MAP_FIXED_NOREPLACE" },
	{ &mmtrace_map_flags, 0xffff000000000001, "MAP_SHARED|0xffff000000000000" },
	{ &mmtrace_mremap_flags, 0, "0" },
	{ &mmtrace_mremap_flags, 7, "MREMAP_MAYMOVE|MREMAP_FIXED|MREMAP_DONTUNMAP" },
	{ &mmtrace_mremap_flags, 8, "0x8" },
	{ &mmtrace_open_flags, 0, "O_RDONLY" },
	{ &mmtrace_open_flags, 1, "O_WRONLY" },
	{ &mmtrace_open_flags, 3, "0x3" },
	{ &mmtrace_open_flags, 02000002, "O_RDWR|O_CLOEXEC" },
	{ &mmtrace_open_flags, 04010001, "O_WRONLY|O_SYNC" },
	{ &mmtrace_open_flags, 010001, "O_WRONLY|O_DSYNC" },
	{ &mmtrace_open_flags, 0x4000000, "O_RDONLY|0x4000000" },
	{ &mmtrace_open_flags, 0x20, "O_RDONLY|FMODE_EXEC" },
#if defined(__x86_64__) || defined(__i386)
	{ &mmtrace_map_flags, 0x62, "MAP_PRIVATE|MAP_ANONYMOUS|MAP_32BIT" },
	{ &mmtrace_open_flags, 020200002, "O_RDWR|O_TMPFILE" },
	{ &mmtrace_open_flags, 0200000, "O_RDONLY|O_DIRECTORY" },
	{ &mmtrace_open_flags, 0140000, "O_RDONLY|O_DIRECT|O_LARGEFILE" },
#endif
};

static void test_flags(void)
{
	char text[MMTRACE_TEXT_FLAGS_MAX + 1];
	size_t i, len;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		len = mmtrace_text_flags(text, MMTRACE_TEXT_FLAGS_MAX, cases[i].set,
					 cases[i].value);
		text[len] = 0;
		if (!ok(!strcmp(text, cases[i].text), "0x%llx is %s",
			(unsigned long long)cases[i].value, cases[i].text))
			printf("# got %s\n", text);
	}
}

/* The C library knows all of them but those of the kernel alone. */
static void test_errno(void)
{
	int i, known = 0;
	bool good = true;

	for (i = 1; i < 512; i++) {
		const char *name = strerrorname_np(i);
		const struct mmtrace_name *ours = mmtrace_errno_name(i);

		if (!name != !ours || (ours && strcmp(name, ours->text) &&
				       i != EOPNOTSUPP && i != EDEADLK)) {
			printf("# %d: %s, %s\n", i, name ? name : "-", ours ? ours->text : "-");
			good = false;
		}
		known += !!ours;
	}
	ok(good, "error numbers have the names that the C library has for them");
	ok(known == 131, "131 of them");
	ok(!strcmp(mmtrace_errno_name(512)->text, "ERESTARTSYS") &&
	   !strcmp(mmtrace_errno_name(524)->text, "ENOTSUPP"), "kernel error numbers");
	ok(!mmtrace_errno_name(0) && !mmtrace_errno_name(41) && !mmtrace_errno_name(520) &&
	   !mmtrace_errno_name(~0ull), "no names for what is none");
}

int main(void)
{
	ok(MAP_SHARED == 1 && MAP_ANONYMOUS == 0x20 && MAP_FIXED_NOREPLACE == 0x100000 &&
	   MREMAP_FIXED == 2, "the C library agrees on the values");
	test_flags();
	test_errno();
	return tap_done();
}
