/* roots.h - the roots that this system trusts for e-mail. */
#ifndef BL_CLI_ROOTS_H
#define BL_CLI_ROOTS_H

#include "bulla/base.h"

/*
 * roots_open asks NSS's module of roots (libnssckbi.so, by PKCS#11) for the
 * certificates that are trusted to issue for e-mail protection, and gives an
 * unnamed file of them, DER one after the other; yours to close. A root whose
 * certificates count up to some day only is left out.
 *
 * BL_E_MISSING  the module is not installed, or has no such root
 * BL_E_SYSTEM
 */
BL_CHECK enum bl_err roots_open(int *fd, struct bl_note *note);

#endif
