// SPDX-License-Identifier: GPL-2.0
/*
 * Names of functions, from the symbol tables of the files that are mapped, by
 * libdw. A file is read once, an offset looked up once.
 */
#include <elfutils/libdwfl.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "image.h"

#define IMAGES_MAX	256
#define KNOWN_MAX	1024

/**
 * struct known - what was found at an offset
 * @offset: in the file, bytes; 0, where no code is, for nothing yet
 * @name: NULL for none
 * @distance: from its beginning
 */
struct known {
	__u64		offset;
	const char	*name;
	__u64		distance;
};

/**
 * struct image - a file
 * @next: any other
 * @mapping: by which it was found; inode and device tell whether it is the one
 * @dwfl: what libdw knows of it
 * @module: likewise; NULL if it can't be read
 * @known: by offset, the last asked for
 */
struct image {
	struct image	*next;
	struct mapping	mapping;
	Dwfl		*dwfl;
	Dwfl_Module	*module;
	struct known	known[KNOWN_MAX];
};

static struct image *images;
static unsigned int images_len;

/* As libdw's own would, but that one may ask servers in the network. */
static int find_debuginfo(Dwfl_Module *module, void **data, const char *name, Dwarf_Addr base,
			  const char *file, const char *link, GElf_Word crc, char **found)
{
	const unsigned char *bits;
	char path[128], *at = path;
	GElf_Addr address;
	int len, i, fd;

	(void)data, (void)name, (void)base, (void)file, (void)link, (void)crc;
	len = dwfl_module_build_id(module, &bits, &address);
	if (len < 2 || len > 32)
		return -1;
	at += sprintf(at, "/usr/lib/debug/.build-id/%02x/", bits[0]);
	for (i = 1; i < len; i++)
		at += sprintf(at, "%02x", bits[i]);
	strcpy(at, ".debug");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0)
		*found = strdup(path);
	return fd;
}

static const Dwfl_Callbacks callbacks = {
	.find_elf		= dwfl_build_id_find_elf,
	.find_debuginfo		= find_debuginfo,
	.section_address	= dwfl_offline_section_address,
};

static bool is_same(const struct mapping *a, const struct mapping *b)
{
	return a->inode == b->inode && a->dev_major == b->dev_major && a->dev_minor == b->dev_minor;
}

/* The very file, while the process has it mapped; or one that is the same by its numbers. */
static int open_file(const struct mapping *mapping, __u32 tgid)
{
	struct stat status;
	char link[96];
	int fd;

	snprintf(link, sizeof(link), "/proc/%u/map_files/%llx-%llx", tgid,
		 (unsigned long long)mapping->start, (unsigned long long)mapping->end);
	fd = open(link, O_RDONLY | O_CLOEXEC);
	if (fd >= 0 && !fstat(fd, &status) && status.st_ino == mapping->inode)
		return fd;
	if (fd >= 0)
		close(fd);
	fd = open(mapping->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd >= 0 && !fstat(fd, &status) && S_ISREG(status.st_mode) &&
	    status.st_ino == mapping->inode && major(status.st_dev) == mapping->dev_major &&
	    minor(status.st_dev) == mapping->dev_minor)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

static void read_file(struct image *image, int fd)
{
	image->dwfl = dwfl_begin(&callbacks);
	if (!image->dwfl) {
		close(fd);
		return;
	}
	dwfl_report_begin(image->dwfl);
	image->module = dwfl_report_elf(image->dwfl, "image", image->mapping.path, fd, 0, true);
	if (!image->module)
		close(fd);
	dwfl_report_end(image->dwfl, NULL, NULL);
}

/**
 * images_free() - forget all files
 */
void images_free(void)
{
	struct image *image;

	while ((image = images)) {
		images = image->next;
		if (image->dwfl)
			dwfl_end(image->dwfl);
		free(image->mapping.path);
		free(image);
	}
	images_len = 0;
}

static struct image *add_image(const struct mapping *mapping, __u32 tgid)
{
	struct image *image;
	int fd;

	if (images_len == IMAGES_MAX)
		images_free();
	image = calloc(1, sizeof(*image));
	if (!image)
		return NULL;
	image->mapping = *mapping;
	image->mapping.path = strdup(mapping->path);
	fd = open_file(mapping, tgid);
	if (fd >= 0)
		read_file(image, fd);
	image->next = images;
	images = image;
	images_len++;
	return image;
}

static struct image *find_image(const struct mapping *mapping, __u32 tgid)
{
	struct image *image;

	for (image = images; image; image = image->next)
		if (is_same(&image->mapping, mapping))
			return image;
	return add_image(mapping, tgid);
}

/* Return: the address that libdw has for an offset in the file; 0 for none. */
static GElf_Addr address_of(Dwfl_Module *module, __u64 offset)
{
	GElf_Addr bias;
	Elf *elf = dwfl_module_getelf(module, &bias);
	size_t len, i;
	GElf_Phdr row;

	if (!elf || elf_getphdrnum(elf, &len))
		return 0;
	for (i = 0; i < len; i++)
		if (gelf_getphdr(elf, i, &row) && row.p_type == PT_LOAD &&
		    offset >= row.p_offset && offset - row.p_offset < row.p_filesz)
			return offset - row.p_offset + row.p_vaddr + bias;
	return 0;
}

static void look_up(struct image *image, __u64 offset, struct known *known)
{
	GElf_Addr address = address_of(image->module, offset);
	GElf_Off distance = 0;
	GElf_Sym symbol;

	*known = (struct known) { .offset = offset };
	if (!address)
		return;
	known->name = dwfl_module_addrinfo(image->module, address, &distance, &symbol,
					   NULL, NULL, NULL);
	known->distance = distance;
}

/**
 * image_symbol() - the function at an offset of a file
 * @mapping: of the file
 * @tgid: of a process that has or had it mapped
 * @offset: in the file, bytes
 * @distance: out: from the beginning of the function, bytes
 *
 * Return: its name, which stays until another is asked for; NULL if it is not known.
 */
const char *image_symbol(const struct mapping *mapping, __u32 tgid, __u64 offset,
			 __u64 *distance)
{
	struct image *image = mapping->path[0] == '/' ? find_image(mapping, tgid) : NULL;
	struct known *known;

	if (!image || !image->module)
		return NULL;
	known = &image->known[offset % KNOWN_MAX];
	if (known->offset != offset)
		look_up(image, offset, known);
	*distance = known->distance;
	return known->name;
}
