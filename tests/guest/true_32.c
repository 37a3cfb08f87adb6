// SPDX-License-Identifier: GPL-2.0
/* A 32-bit program to exec. */
int main(void)
{
	return 0;
}
