// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "space.h"

/* Without memory it is not there: an address in it is not known then. */
static void add(struct space *space, const struct mapping *mapping)
{
	struct mapping *mappings = space->mappings;
	char *path;

	if (space->len == space->room) {
		mappings = reallocarray(mappings, space->room * 2 + 16, sizeof(*mappings));
		if (!mappings)
			return;
		space->mappings = mappings;
		space->room = space->room * 2 + 16;
	}
	path = strdup(mapping->path);
	if (!path)
		return;
	mappings[space->len] = *mapping;
	mappings[space->len++].path = path;
}

static void drop(struct space *space, size_t i)
{
	free(space->mappings[i].path);
	space->mappings[i] = space->mappings[--space->len];
}

/* What is left of a mapping above @end. */
static struct mapping above(const struct mapping *mapping, __u64 end)
{
	struct mapping rest = *mapping;

	rest.offset += end - rest.start;
	rest.start = end;
	return rest;
}

/**
 * space_unmap() - nothing is known of these addresses any more
 * @space: the address space
 * @start: the first
 * @end: behind the last
 */
void space_unmap(struct space *space, __u64 start, __u64 end)
{
	size_t i = 0;

	while (i < space->len) {
		struct mapping *mapping = &space->mappings[i], rest;

		if (mapping->end <= start || mapping->start >= end) {
			i++;
			continue;
		}
		rest = above(mapping, end);
		if (rest.start < rest.end)
			add(space, &rest);
		/* It may be elsewhere now. */
		mapping = &space->mappings[i];
		if (mapping->start < start)
			mapping->end = start;
		else
			drop(space, i);
	}
}

/**
 * space_map() - code of a file is mapped, in place of what was there
 * @space: the address space
 * @mapping: the mapping; its path is copied
 */
void space_map(struct space *space, const struct mapping *mapping)
{
	space_unmap(space, mapping->start, mapping->end);
	add(space, mapping);
}

/**
 * space_read() - add what the kernel says of a process
 * @space: the address space
 * @maps: /proc/PID/maps of it
 */
void space_read(struct space *space, FILE *maps)
{
	char *line = NULL;
	size_t room = 0;

	while (getline(&line, &room, maps) > 0) {
		unsigned long long start, end, offset, inode;
		unsigned int dev_major, dev_minor;
		char executable;
		int path = 0;

		line[strcspn(line, "\n")] = 0;
		if (sscanf(line, "%llx-%llx %*c%*c%c%*c %llx %x:%x %llu %n", &start, &end,
			   &executable, &offset, &dev_major, &dev_minor, &inode, &path) < 7 ||
		    executable != 'x' || !path || !line[path])
			continue;
		space_map(space, &(struct mapping) {
				.start = start, .end = end, .offset = offset, .inode = inode,
				.dev_major = dev_major, .dev_minor = dev_minor, .path = line + path,
			  });
	}
	free(line);
}

/* A newline would end it, and is told as the kernel tells it. */
static void put_path(FILE *out, const char *path)
{
	for (; *path; path++) {
		if (*path == '\n')
			fputs("\\012", out);
		else
			putc(*path, out);
	}
}

/**
 * space_text() - what is in an address space, for space_read()
 * @space: the address space
 *
 * Return: the lines, to be freed; NULL if there is nothing, or no memory.
 */
char *space_text(const struct space *space)
{
	const struct mapping *mapping;
	char *text = NULL;
	size_t len = 0;
	FILE *out = space->len ? open_memstream(&text, &len) : NULL;

	if (!out)
		return NULL;
	for (mapping = space->mappings; mapping < space->mappings + space->len; mapping++) {
		fprintf(out, "%llx-%llx r-xp %llx %x:%x %llu ",
			(unsigned long long)mapping->start, (unsigned long long)mapping->end,
			(unsigned long long)mapping->offset, mapping->dev_major,
			mapping->dev_minor, (unsigned long long)mapping->inode);
		put_path(out, mapping->path);
		putc('\n', out);
	}
	if (!fclose(out))
		return text;
	free(text);
	return NULL;
}

/**
 * space_find() - what is at an address
 * @space: the address space
 * @address: the address
 *
 * Return: the mapping, which stays until the space changes; NULL if none is known.
 */
const struct mapping *space_find(const struct space *space, __u64 address)
{
	size_t i;

	for (i = 0; i < space->len; i++)
		if (address >= space->mappings[i].start && address < space->mappings[i].end)
			return &space->mappings[i];
	return NULL;
}

/**
 * space_clear() - make it empty, and give its memory back
 * @space: the address space
 */
void space_clear(struct space *space)
{
	while (space->len)
		drop(space, 0);
	free(space->mappings);
	*space = (struct space) {};
}
