/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Names of the queries that this plugin's elements ask each other.
 */
#pragma once

/* Custom query, asked downstream with gst_pad_peer_query(). TRUE: whoever
 * takes the playlist resolves pinfrag:// URIs (pinmp4bin does, for it holds
 * hlsdemux itself). Nobody answers: plain https URIs must be sent. */
#define GST_PIN_QUERY_FRAGMENTS "gst-pin-fragments"
