/* poison.h - functions that this code base does not use; given to the compiler
 * before each file. */
#ifndef BL_POISON_H
#define BL_POISON_H

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* clang's checked libc calls are macros */
#undef sprintf
#undef vsprintf

#pragma GCC poison strcpy strcat sprintf vsprintf gets strtok atoi atol atoll
#pragma GCC poison gmtime localtime ctime asctime strncpy strncat

#endif
