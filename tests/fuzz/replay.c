// SPDX-License-Identifier: GPL-2.0
/* replay FILE...: each is given to the fuzzer once; prints TAP. It ends at a bug. */
#include "fuzz.h"

static uint8_t *read_all(const char *path, size_t *size)
{
	static uint8_t room[1 << 20];
	FILE *in = fopen(path, "r");
	uint8_t *copy;

	if (!in)
		return NULL;
	*size = fread(room, 1, sizeof(room), in);
	fclose(in);
	/* As long as it is and no longer, so that a byte behind it is noticed. */
	copy = malloc(*size);
	for (size_t i = 0; copy && i < *size; i++)
		copy[i] = room[i];
	return copy;
}

int main(int argc, char **argv)
{
	uint8_t *data;
	size_t size;
	int i;

	printf("1..%d\n", argc - 1);
	for (i = 1; i < argc; i++) {
		fflush(stdout);
		data = read_all(argv[i], &size);
		if (!data) {
			printf("not ok %d - %s can't be read\n", i, argv[i]);
			return 1;
		}
		LLVMFuzzerTestOneInput(data, size);
		free(data);
		printf("ok %d - %s\n", i, argv[i]);
	}
	return 0;
}
