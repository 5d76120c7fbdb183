/* bulla.h - the whole public face of libbulla. */
#ifndef BULLA_BULLA_H
#define BULLA_BULLA_H

#include "bulla/alg.h"
#include "bulla/base.h"
#include "bulla/cache.h"
#include "bulla/cert.h"
#include "bulla/check.h"
#include "bulla/collection.h"
#include "bulla/crl.h"
#include "bulla/ctx.h"
#include "bulla/fields.h"
#include "bulla/inspect.h"
#include "bulla/issue.h"
#include "bulla/keyfile.h"
#include "bulla/keys.h"
#include "bulla/limits.h"
#include "bulla/ocsp.h"
#include "bulla/open.h"
#include "bulla/reasons.h"
#include "bulla/seal.h"
#include "bulla/spool.h"
#include "bulla/verdict.h"

#endif
