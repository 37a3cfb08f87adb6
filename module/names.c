// SPDX-License-Identifier: GPL-2.0
/*
 * The names of events, flags and error numbers. Compiled into the module and
 * into mmtrace-ctl.
 *
 * The values are written out here, because the headers of neither side have all
 * of them: the C library has not what is new, or only the kernel's; the kernel
 * has not what other architectures or versions have. All are of the kernel's
 * ABI, so none of them can change. Where an architecture has numbers of its
 * own, an #if says so; x86 and arm64 are known here.
 */
#include <linux/mmtrace.h>

#include "names.h"

#define NAME(_text, _value) \
	{ .value = (_value), .len = sizeof(_text) - 1, .text = _text }
#define ROWS(table)	(sizeof(table) / sizeof((table)[0]))

static const struct mmtrace_name event_names[] = {
	[MMTRACE_EVENT_LOST] = NAME("lost", MMTRACE_EVENT_LOST),
	[MMTRACE_EVENT_DO_MMAP] = NAME("do_mmap", MMTRACE_EVENT_DO_MMAP),
	[MMTRACE_EVENT_MREMAP] = NAME("mremap", MMTRACE_EVENT_MREMAP),
	[MMTRACE_EVENT_REMAP_FILE_PAGES] =
		NAME("remap_file_pages", MMTRACE_EVENT_REMAP_FILE_PAGES),
	[MMTRACE_EVENT_MMAP] = NAME("mmap", MMTRACE_EVENT_MMAP),
	[MMTRACE_EVENT_MMAP2] = NAME("mmap2", MMTRACE_EVENT_MMAP2),
};

static const struct mmtrace_name lost_names[] = {
	[MMTRACE_LOST_RING_FULL] = NAME("ring_full", MMTRACE_LOST_RING_FULL),
	[MMTRACE_LOST_OVERWRITTEN] = NAME("overwritten", MMTRACE_LOST_OVERWRITTEN),
	[MMTRACE_LOST_MISSED] = NAME("missed", MMTRACE_LOST_MISSED),
	[MMTRACE_LOST_INTERRUPTED] = NAME("interrupted", MMTRACE_LOST_INTERRUPTED),
};

const struct mmtrace_name mmtrace_file_kinds[] = {
	NAME("unlinked", MMTRACE_R_UNLINKED),
	NAME("memfd", MMTRACE_R_MEMFD),
	NAME("shm", MMTRACE_R_SHM),
	NAME("tmpfs", MMTRACE_R_TMPFS),
	NAME("hugetlb", MMTRACE_R_HUGETLB),
	NAME("device", MMTRACE_R_DEVICE),
	NAME("path_cut", MMTRACE_R_PATH_CUT),
};

const size_t mmtrace_file_kinds_len = ROWS(mmtrace_file_kinds);

/* uapi/asm-generic/mman-common.h; arm64: uapi/asm/mman.h */
static const struct mmtrace_name prot_bits[] = {
	NAME("PROT_READ", 0x1),
	NAME("PROT_WRITE", 0x2),
	NAME("PROT_EXEC", 0x4),
	NAME("PROT_SEM", 0x8),
#ifdef __aarch64__
	NAME("PROT_BTI", 0x10),
	NAME("PROT_MTE", 0x20),
#endif
	NAME("PROT_GROWSDOWN", 0x01000000),
	NAME("PROT_GROWSUP", 0x02000000),
};

const struct mmtrace_flags mmtrace_prot_flags = {
	.none		= NAME("PROT_NONE", 0),
	.bits		= prot_bits,
	.bits_len	= ROWS(prot_bits),
};

/* uapi/linux/mman.h; MAP_DROPPABLE is of 6.11 */
static const struct mmtrace_name map_types[] = {
	NAME("MAP_PRIVATE", 0x02),
	NAME("MAP_SHARED", 0x01),
	NAME("MAP_SHARED_VALIDATE", 0x03),
	NAME("MAP_DROPPABLE", 0x08),
};

/*
 * uapi/asm-generic/mman-common.h, uapi/asm-generic/mman.h; x86: uapi/asm/mman.h,
 * MAP_ABOVE4G is of 6.6. MAP_UNINITIALIZED shares its bit with the page size of
 * MAP_HUGETLB, uapi/asm-generic/hugetlb_encode.h.
 */
static const struct mmtrace_name map_bits[] = {
	NAME("MAP_FIXED", 0x10),
	NAME("MAP_ANONYMOUS", 0x20),
#if defined(__x86_64__) || defined(__i386)
	NAME("MAP_32BIT", 0x40),
	NAME("MAP_ABOVE4G", 0x80),
#endif
	NAME("MAP_DENYWRITE", 0x0800),
	NAME("MAP_NORESERVE", 0x4000),
	NAME("MAP_STACK", 0x20000),
	NAME("MAP_POPULATE", 0x8000),
	NAME("MAP_GROWSDOWN", 0x0100),
	NAME("MAP_EXECUTABLE", 0x1000),
	NAME("MAP_LOCKED", 0x2000),
	NAME("MAP_NONBLOCK", 0x10000),
	NAME("MAP_HUGETLB", 0x40000),
	NAME("MAP_SYNC", 0x80000),
	NAME("MAP_FIXED_NOREPLACE", 0x100000),
	NAME("MAP_UNINITIALIZED", 0x4000000),
};

const struct mmtrace_flags mmtrace_map_flags = {
	.none		= NAME("0", 0),
	.types		= map_types,
	.types_len	= ROWS(map_types),
	.bits		= map_bits,
	.bits_len	= ROWS(map_bits),
	.type_mask	= 0x0f,
	.sized_by	= 0x40000,
	.size_mask	= 0xfc000000,
	.size_shift	= 26,
	.size_name	= NAME("<<MAP_HUGE_SHIFT", 0),
};

/* uapi/linux/mman.h */
static const struct mmtrace_name mremap_bits[] = {
	NAME("MREMAP_MAYMOVE", 0x1),
	NAME("MREMAP_FIXED", 0x2),
	NAME("MREMAP_DONTUNMAP", 0x4),
};

const struct mmtrace_flags mmtrace_mremap_flags = {
	.none		= NAME("0", 0),
	.bits		= mremap_bits,
	.bits_len	= ROWS(mremap_bits),
};

/* uapi/asm-generic/fcntl.h; arm, arm64: uapi/asm/fcntl.h */
#if defined(__aarch64__) || defined(__arm__)
#define OPEN_DIRECTORY	040000
#define OPEN_NOFOLLOW	0100000
#define OPEN_DIRECT	0200000
#define OPEN_LARGEFILE	0400000
#else
#define OPEN_DIRECT	040000
#define OPEN_LARGEFILE	0100000
#define OPEN_DIRECTORY	0200000
#define OPEN_NOFOLLOW	0400000
#endif

static const struct mmtrace_name open_types[] = {
	NAME("O_RDONLY", 00),
	NAME("O_WRONLY", 01),
	NAME("O_RDWR", 02),
};

/* FMODE_EXEC, linux/fs.h, is what execve opens programs with. */
static const struct mmtrace_name open_bits[] = {
	NAME("O_CREAT", 0100),
	NAME("O_EXCL", 0200),
	NAME("O_NOCTTY", 0400),
	NAME("O_TRUNC", 01000),
	NAME("O_APPEND", 02000),
	NAME("O_NONBLOCK", 04000),
	NAME("O_SYNC", 04010000),
	NAME("O_DSYNC", 010000),
	NAME("O_ASYNC", 020000),
	NAME("O_DIRECT", OPEN_DIRECT),
	NAME("O_TMPFILE", 020000000 | OPEN_DIRECTORY),
	NAME("O_DIRECTORY", OPEN_DIRECTORY),
	NAME("O_NOFOLLOW", OPEN_NOFOLLOW),
	NAME("O_NOATIME", 01000000),
	NAME("O_CLOEXEC", 02000000),
	NAME("O_PATH", 010000000),
	NAME("O_LARGEFILE", OPEN_LARGEFILE),
	NAME("FMODE_EXEC", 0x20),
};

const struct mmtrace_flags mmtrace_open_flags = {
	.none		= NAME("O_RDONLY", 0),
	.types		= open_types,
	.types_len	= ROWS(open_types),
	.bits		= open_bits,
	.bits_len	= ROWS(open_bits),
	.type_mask	= 03,
};

/* uapi/asm-generic/errno-base.h, uapi/asm-generic/errno.h */
static const struct mmtrace_name errno_names[] = {
	[1] = NAME("EPERM", 1),
	[2] = NAME("ENOENT", 2),
	[3] = NAME("ESRCH", 3),
	[4] = NAME("EINTR", 4),
	[5] = NAME("EIO", 5),
	[6] = NAME("ENXIO", 6),
	[7] = NAME("E2BIG", 7),
	[8] = NAME("ENOEXEC", 8),
	[9] = NAME("EBADF", 9),
	[10] = NAME("ECHILD", 10),
	[11] = NAME("EAGAIN", 11),
	[12] = NAME("ENOMEM", 12),
	[13] = NAME("EACCES", 13),
	[14] = NAME("EFAULT", 14),
	[15] = NAME("ENOTBLK", 15),
	[16] = NAME("EBUSY", 16),
	[17] = NAME("EEXIST", 17),
	[18] = NAME("EXDEV", 18),
	[19] = NAME("ENODEV", 19),
	[20] = NAME("ENOTDIR", 20),
	[21] = NAME("EISDIR", 21),
	[22] = NAME("EINVAL", 22),
	[23] = NAME("ENFILE", 23),
	[24] = NAME("EMFILE", 24),
	[25] = NAME("ENOTTY", 25),
	[26] = NAME("ETXTBSY", 26),
	[27] = NAME("EFBIG", 27),
	[28] = NAME("ENOSPC", 28),
	[29] = NAME("ESPIPE", 29),
	[30] = NAME("EROFS", 30),
	[31] = NAME("EMLINK", 31),
	[32] = NAME("EPIPE", 32),
	[33] = NAME("EDOM", 33),
	[34] = NAME("ERANGE", 34),
	[35] = NAME("EDEADLK", 35),
	[36] = NAME("ENAMETOOLONG", 36),
	[37] = NAME("ENOLCK", 37),
	[38] = NAME("ENOSYS", 38),
	[39] = NAME("ENOTEMPTY", 39),
	[40] = NAME("ELOOP", 40),
	[42] = NAME("ENOMSG", 42),
	[43] = NAME("EIDRM", 43),
	[44] = NAME("ECHRNG", 44),
	[45] = NAME("EL2NSYNC", 45),
	[46] = NAME("EL3HLT", 46),
	[47] = NAME("EL3RST", 47),
	[48] = NAME("ELNRNG", 48),
	[49] = NAME("EUNATCH", 49),
	[50] = NAME("ENOCSI", 50),
	[51] = NAME("EL2HLT", 51),
	[52] = NAME("EBADE", 52),
	[53] = NAME("EBADR", 53),
	[54] = NAME("EXFULL", 54),
	[55] = NAME("ENOANO", 55),
	[56] = NAME("EBADRQC", 56),
	[57] = NAME("EBADSLT", 57),
	[59] = NAME("EBFONT", 59),
	[60] = NAME("ENOSTR", 60),
	[61] = NAME("ENODATA", 61),
	[62] = NAME("ETIME", 62),
	[63] = NAME("ENOSR", 63),
	[64] = NAME("ENONET", 64),
	[65] = NAME("ENOPKG", 65),
	[66] = NAME("EREMOTE", 66),
	[67] = NAME("ENOLINK", 67),
	[68] = NAME("EADV", 68),
	[69] = NAME("ESRMNT", 69),
	[70] = NAME("ECOMM", 70),
	[71] = NAME("EPROTO", 71),
	[72] = NAME("EMULTIHOP", 72),
	[73] = NAME("EDOTDOT", 73),
	[74] = NAME("EBADMSG", 74),
	[75] = NAME("EOVERFLOW", 75),
	[76] = NAME("ENOTUNIQ", 76),
	[77] = NAME("EBADFD", 77),
	[78] = NAME("EREMCHG", 78),
	[79] = NAME("ELIBACC", 79),
	[80] = NAME("ELIBBAD", 80),
	[81] = NAME("ELIBSCN", 81),
	[82] = NAME("ELIBMAX", 82),
	[83] = NAME("ELIBEXEC", 83),
	[84] = NAME("EILSEQ", 84),
	[85] = NAME("ERESTART", 85),
	[86] = NAME("ESTRPIPE", 86),
	[87] = NAME("EUSERS", 87),
	[88] = NAME("ENOTSOCK", 88),
	[89] = NAME("EDESTADDRREQ", 89),
	[90] = NAME("EMSGSIZE", 90),
	[91] = NAME("EPROTOTYPE", 91),
	[92] = NAME("ENOPROTOOPT", 92),
	[93] = NAME("EPROTONOSUPPORT", 93),
	[94] = NAME("ESOCKTNOSUPPORT", 94),
	[95] = NAME("EOPNOTSUPP", 95),
	[96] = NAME("EPFNOSUPPORT", 96),
	[97] = NAME("EAFNOSUPPORT", 97),
	[98] = NAME("EADDRINUSE", 98),
	[99] = NAME("EADDRNOTAVAIL", 99),
	[100] = NAME("ENETDOWN", 100),
	[101] = NAME("ENETUNREACH", 101),
	[102] = NAME("ENETRESET", 102),
	[103] = NAME("ECONNABORTED", 103),
	[104] = NAME("ECONNRESET", 104),
	[105] = NAME("ENOBUFS", 105),
	[106] = NAME("EISCONN", 106),
	[107] = NAME("ENOTCONN", 107),
	[108] = NAME("ESHUTDOWN", 108),
	[109] = NAME("ETOOMANYREFS", 109),
	[110] = NAME("ETIMEDOUT", 110),
	[111] = NAME("ECONNREFUSED", 111),
	[112] = NAME("EHOSTDOWN", 112),
	[113] = NAME("EHOSTUNREACH", 113),
	[114] = NAME("EALREADY", 114),
	[115] = NAME("EINPROGRESS", 115),
	[116] = NAME("ESTALE", 116),
	[117] = NAME("EUCLEAN", 117),
	[118] = NAME("ENOTNAM", 118),
	[119] = NAME("ENAVAIL", 119),
	[120] = NAME("EISNAM", 120),
	[121] = NAME("EREMOTEIO", 121),
	[122] = NAME("EDQUOT", 122),
	[123] = NAME("ENOMEDIUM", 123),
	[124] = NAME("EMEDIUMTYPE", 124),
	[125] = NAME("ECANCELED", 125),
	[126] = NAME("ENOKEY", 126),
	[127] = NAME("EKEYEXPIRED", 127),
	[128] = NAME("EKEYREVOKED", 128),
	[129] = NAME("EKEYREJECTED", 129),
	[130] = NAME("EOWNERDEAD", 130),
	[131] = NAME("ENOTRECOVERABLE", 131),
	[132] = NAME("ERFKILL", 132),
	[133] = NAME("EHWPOISON", 133),
};

/*
 * linux/errno.h: never given to user space, but a function inside of the kernel
 * may return them. The table begins with this number.
 */
#define ERRNO_KERNEL	512

static const struct mmtrace_name errno_kernel_names[] = {
	[512 - ERRNO_KERNEL] = NAME("ERESTARTSYS", 512),
	[513 - ERRNO_KERNEL] = NAME("ERESTARTNOINTR", 513),
	[514 - ERRNO_KERNEL] = NAME("ERESTARTNOHAND", 514),
	[515 - ERRNO_KERNEL] = NAME("ENOIOCTLCMD", 515),
	[516 - ERRNO_KERNEL] = NAME("ERESTART_RESTARTBLOCK", 516),
	[517 - ERRNO_KERNEL] = NAME("EPROBE_DEFER", 517),
	[518 - ERRNO_KERNEL] = NAME("EOPENSTALE", 518),
	[519 - ERRNO_KERNEL] = NAME("ENOPARAM", 519),
	[521 - ERRNO_KERNEL] = NAME("EBADHANDLE", 521),
	[522 - ERRNO_KERNEL] = NAME("ENOTSYNC", 522),
	[523 - ERRNO_KERNEL] = NAME("EBADCOOKIE", 523),
	[524 - ERRNO_KERNEL] = NAME("ENOTSUPP", 524),
	[525 - ERRNO_KERNEL] = NAME("ETOOSMALL", 525),
	[526 - ERRNO_KERNEL] = NAME("ESERVERFAULT", 526),
	[527 - ERRNO_KERNEL] = NAME("EBADTYPE", 527),
	[528 - ERRNO_KERNEL] = NAME("EJUKEBOX", 528),
	[529 - ERRNO_KERNEL] = NAME("EIOCBQUEUED", 529),
	[530 - ERRNO_KERNEL] = NAME("ERECALLCONFLICT", 530),
	[531 - ERRNO_KERNEL] = NAME("ENOGRACE", 531),
};

static const struct mmtrace_name *
row(const struct mmtrace_name *table, size_t rows, __u64 i)
{
	return i < rows && table[i].len ? &table[i] : NULL;
}

/**
 * mmtrace_event_name() - the name of an event
 * @event: enum mmtrace_event
 *
 * Return: the row, NULL if there is no such event.
 */
const struct mmtrace_name *mmtrace_event_name(__u32 event)
{
	return row(event_names, ROWS(event_names), event);
}

/**
 * mmtrace_lost_name() - the name of a cause of loss
 * @cause: enum mmtrace_lost_cause
 *
 * Return: the row, NULL if there is no such cause.
 */
const struct mmtrace_name *mmtrace_lost_name(__u32 cause)
{
	return row(lost_names, ROWS(lost_names), cause);
}

/**
 * mmtrace_errno_name() - the name of an error number
 * @number: the positive number
 *
 * Return: the row, NULL if it has no name.
 */
const struct mmtrace_name *mmtrace_errno_name(__u64 number)
{
	if (number >= ERRNO_KERNEL)
		return row(errno_kernel_names, ROWS(errno_kernel_names),
			   number - ERRNO_KERNEL);
	return row(errno_names, ROWS(errno_names), number);
}
