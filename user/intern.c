// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "index.h"
#include "intern.h"

#define STRINGS_MAX	65536u
#define POOL_SIZE	(16u << 20)

/**
 * struct string - one of them
 * @at: where in the pool it begins
 * @len: bytes
 */
struct string {
	__u32	at;
	__u32	len;
};

/**
 * struct intern - all of them
 * @index: of @strings
 * @strings: by their number
 * @strings_len: how many
 * @pool: their bytes
 * @pool_len: how many
 *
 * All memory is asked for at the beginning, and used when it is needed: so there is
 * no error in between.
 */
struct intern {
	struct index	index;
	struct string	*strings;
	__u32		strings_len;
	char		*pool;
	size_t		pool_len;
};

struct key {
	const char	*bytes;
	size_t		len;
};

static bool same(const void *owner, __u32 number, const void *key)
{
	const struct intern *intern = owner;
	const struct string *string = &intern->strings[number];
	const struct key *wanted = key;

	return string->len == wanted->len &&
	       !memcmp(intern->pool + string->at, wanted->bytes, wanted->len);
}

/**
 * intern_new() - make a set with the strings that are always there
 *
 * Return: it, or NULL if there is no memory.
 */
struct intern *intern_new(void)
{
	struct intern *new = calloc(1, sizeof(*new));

	if (!new)
		return NULL;
	new->index.same = same;
	new->index.owner = new;
	new->strings = calloc(STRINGS_MAX, sizeof(*new->strings));
	new->pool = calloc(1, POOL_SIZE);
	if (!new->strings || !new->pool || index_init(&new->index, STRINGS_MAX)) {
		intern_free(new);
		return NULL;
	}
	intern(new, "", 0);
	intern(new, "(others)", 8);
	return new;
}

/**
 * intern_free() - forget all
 * @intern: or NULL
 */
void intern_free(struct intern *intern)
{
	if (!intern)
		return;
	index_free(&intern->index);
	free(intern->strings);
	free(intern->pool);
	free(intern);
}

/**
 * intern() - the number of a string
 * @intern: the set
 * @bytes: the string
 * @len: its bytes
 *
 * Return: INTERN_OTHERS for a new one if there is no room.
 */
__u32 intern(struct intern *intern, const char *bytes, size_t len)
{
	struct key key = { bytes, len };
	__u32 *slot = index_slot(&intern->index, index_hash(INDEX_SEED, bytes, len), &key);

	if (*slot)
		return *slot - 1;
	if (intern->strings_len == STRINGS_MAX || len > POOL_SIZE - intern->pool_len)
		return INTERN_OTHERS;
	memcpy(intern->pool + intern->pool_len, bytes, len);
	intern->strings[intern->strings_len] = (struct string){ intern->pool_len, len };
	intern->pool_len += len;
	*slot = ++intern->strings_len;
	return *slot - 1;
}

/**
 * intern_bytes() - the string of a number
 * @intern: the set
 * @number: of the string
 * @len: set to its bytes
 */
const char *intern_bytes(const struct intern *intern, __u32 number, size_t *len)
{
	*len = intern->strings[number].len;
	return intern->pool + intern->strings[number].at;
}
