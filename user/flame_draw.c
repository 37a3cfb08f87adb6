// SPDX-License-Identifier: GPL-2.0
/*
 * A tree of calls as HTML: a box for each frame, callers above, as wide as its share of
 * the calls. The script may ask for the share of bytes instead: that place is in
 * data-b. Frames too narrow to be seen are left out, and their places stay empty.
 */
#include <string.h>

#include "flame.h"
#include "flame_draw.h"
#include "intern.h"
#include "markup.h"
#include "quantity.h"

#define DRAWN_MAX	2500u		/* frames */
#define SHARE		(1.0 / 4000)	/* of a frame that is drawn in any case */
#define COLOURS		6

/**
 * struct drawing - what does not change on the way down
 * @out: where to
 * @flame: the tree
 * @names: of its frames
 * @least: share of a frame that is drawn
 */
struct drawing {
	FILE			*out;
	const struct flame	*flame;
	const struct intern	*names;
	double			least;
};

/* Where a box is: parts of the width, from 0 to 1. */
struct place {
	double	calls;
	double	bytes;
	int	depth;
};

static double share_of_calls(const struct flame *flame, __u32 frame)
{
	return (double)flame->frames[frame].calls / flame->frames[FLAME_ROOT].calls;
}

static double share_of_bytes(const struct flame *flame, __u32 frame)
{
	double all = flame->frames[FLAME_ROOT].bytes;

	return all > 0 ? flame->frames[frame].bytes / all : 0;
}

static bool is_drawn(const struct flame *flame, __u32 frame, double least)
{
	return share_of_calls(flame, frame) >= least || share_of_bytes(flame, frame) >= least;
}

/* So that not too many are drawn: the smallest ones are left out. */
static double find_least(const struct flame *flame)
{
	double least = SHARE;
	__u32 drawn, i;

	for (;; least *= 1.5) {
		drawn = 0;
		for (i = 1; i < flame->len; i++)
			drawn += is_drawn(flame, i, least);
		if (drawn <= DRAWN_MAX)
			return least;
	}
}

static int depth_below(const struct drawing *drawing, __u32 frame)
{
	const struct frame *frames = drawing->flame->frames;
	int deepest = 0, depth;
	__u32 child;

	for (child = frames[frame].child; child; child = frames[child].next) {
		if (!is_drawn(drawing->flame, child, drawing->least))
			continue;
		depth = 1 + depth_below(drawing, child);
		deepest = depth > deepest ? depth : deepest;
	}
	return deepest;
}

/* Of a path the last name; all of it is in the title. */
static void put_label(FILE *out, const char *bytes, size_t len)
{
	const char *slash = len && *bytes == '/' ? memrchr(bytes, '/', len) : NULL;

	if (slash && slash + 1 < bytes + len)
		markup_text(out, slash + 1, bytes + len - slash - 1);
	else
		markup_text(out, bytes, len);
}

static void put_box(const struct drawing *drawing, __u32 number, const struct place *place)
{
	const struct frame *frame = &drawing->flame->frames[number];
	FILE *out = drawing->out;
	size_t len;
	const char *bytes = intern_bytes(drawing->names, frame->name, &len);

	fprintf(out, "<b class='f%u' style='top:%.1fem;left:%.3f%%;width:%.3f%%' ",
		index_hash(INDEX_SEED, bytes, len) % 997 % COLOURS, place->depth * 1.7,
		100 * place->calls, 100 * share_of_calls(drawing->flame, number));
	fprintf(out, "data-b='%.3f %.3f' title='", 100 * place->bytes,
		100 * share_of_bytes(drawing->flame, number));
	markup_text(out, bytes, len);
	fprintf(out, "&#10;%s calls, %.3g%%&#10;", quantity_count(frame->calls).text,
		100 * share_of_calls(drawing->flame, number));
	fprintf(out, "%s'>", quantity_bytes(frame->bytes).text);
	put_label(out, bytes, len);
	fputs("</b>\n", out);
}

/* No deeper than a stack may be. */
static void put_children(const struct drawing *drawing, __u32 parent, struct place place)
{
	const struct flame *flame = drawing->flame;
	__u32 child;

	for (child = flame->frames[parent].child; child; child = flame->frames[child].next) {
		struct place below = { place.calls, place.bytes, place.depth + 1 };

		if (is_drawn(flame, child, drawing->least)) {
			put_box(drawing, child, &place);
			put_children(drawing, child, below);
		}
		place.calls += share_of_calls(flame, child);
		place.bytes += share_of_bytes(flame, child);
	}
}

/**
 * flame_draw() - write a tree as HTML
 * @out: where to
 * @flame: the tree, sorted, with one call at least
 * @names: of its frames
 */
void flame_draw(FILE *out, const struct flame *flame, const struct intern *names)
{
	struct drawing drawing = {
		.out = out, .flame = flame, .names = names, .least = find_least(flame),
	};

	fprintf(out, "<div class='flame'><div class='boxes' style='height:%.1fem'>\n",
		1.7 * depth_below(&drawing, FLAME_ROOT));
	put_children(&drawing, FLAME_ROOT, (struct place){ 0 });
	fputs("</div></div>\n", out);
}
