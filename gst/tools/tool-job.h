/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A job: one Pin, from what was typed to its files.
 */
#pragma once

#include <gst/pin/pin.h>

#include "tool-archive.h"
#include "tool-options.h"
#include "tool-shelf.h"
#include "tool-verify.h"

G_BEGIN_DECLS

typedef struct _GstPinToolJob GstPinToolJob;

typedef enum
{
  GST_PIN_TOOL_SAVED,           /* path is there, whole */
  GST_PIN_TOOL_KEPT,            /* path was there before */
  GST_PIN_TOOL_KNOWN,           /* the archive has it */
  GST_PIN_TOOL_TOLD,            /* it would be made: path, or line */
  GST_PIN_TOOL_FAILED,          /* error says why */
  GST_PIN_TOOL_STOPPED          /* the user, or who read our output, wants no more */
} GstPinToolOutcome;

/* What came of one video */
typedef struct
{
  GstPinToolOutcome outcome;
  const gchar *pin;             /* as it was typed */
  const GstPinMedia *media;     /* NULL: nothing is known of it */
  guint item;                   /* counted from 1 */
  const gchar *path;            /* NULL: there is none */
  const gchar *line;            /* of gst-launch-1.0; NULL: not asked for */
  GstPinToolSeen seen;          /* of what was saved */
  gboolean kept;                /* a later run can go on with what was fetched */
  const GError *error;
} GstPinToolResult;

typedef enum
{
  GST_PIN_TOOL_WAITING,         /* for its turn */
  GST_PIN_TOOL_RESOLVING,
  GST_PIN_TOOL_FETCHING,
  GST_PIN_TOOL_FINISHING,       /* verify, fsync, rename */
  GST_PIN_TOOL_ENDED
} GstPinToolStage;

/* How far it is */
typedef struct
{
  GstPinToolStage stage;
  const gchar *title;           /* as typed while nothing is known */
  guint64 bytes, total;         /* total 0: not known */
  guint connections;
  guint64 retries;
} GstPinToolStatus;

/* All on the main thread, never from inside of a call to the job. on_result
 * comes for each video, then on_end once. on_warning: something of the video is
 * missing, the rest goes on. */
typedef struct
{
  void (*on_warning) (GstPinToolJob * job, const GError * warning,
      gpointer data);
  void (*on_result) (GstPinToolJob * job, const GstPinToolResult * result,
      gpointer data);
  void (*on_end) (GstPinToolJob * job, gpointer data);
} GstPinToolJobOwner;

/* What all jobs of a run share */
typedef struct
{
  const GstPinToolOptions *options;
  GstPinResolver *resolver;
  GstPinToolShelf *shelf;
  GstPinToolArchive *archive;   /* NULL: none */
} GstPinToolCommon;

/* @common lives longer */
GstPinToolJob *gst_pin_tool_job_new (const GstPinToolCommon * common,
    const gchar * pin, const GstPinToolJobOwner * owner, gpointer data);

/* Only before its start or after its end */
void gst_pin_tool_job_free (GstPinToolJob * self);

const gchar *gst_pin_tool_job_get_pin (const GstPinToolJob * self);

void gst_pin_tool_job_start (GstPinToolJob * self);

/* Ends it soon, with the outcome STOPPED where it wasn't done */
void gst_pin_tool_job_stop (GstPinToolJob * self);

void gst_pin_tool_job_get_status (GstPinToolJob * self,
    GstPinToolStatus * status);

G_END_DECLS
