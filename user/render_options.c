// SPDX-License-Identifier: GPL-2.0
#include "render_options.h"

/**
 * render_is_option() - is it one of those below?
 * @id: of an option
 *
 * Return: whether it is.
 */
bool render_is_option(int id)
{
	return id >= RENDER_FORMAT && id <= RENDER_COLOR;
}

/**
 * render_option() - take an option
 * @render: what it is about
 * @id: enum render_option
 * @value: of it
 *
 * Return: 0; -1 if it makes no sense, and the user has been told.
 */
int render_option(struct render *render, int id, const char *value)
{
	switch (id) {
	case RENDER_JSON:
		render->format = &format_json;
		return 0;
	case RENDER_FORMAT:
		render->format = format_find(value);
		return render->format ? 0 : -1;
	case RENDER_TIME:
		return stamp_find(value, &render->stamp);
	default:
		return paint_find(value, &render->paint);
	}
}
