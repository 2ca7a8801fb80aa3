/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef SIM_H
#define SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "format/addr.h"

/* One simulated boot: what it is made of, and what came of it.
 *
 * boot_run(), which is all that the jailed process does, runs with lwIP over a
 * link, a clock and a wait of ours: frames go through a wire with faults to
 * models of servers, and time passes only while everybody waits.  All chance
 * comes from `seed`, so a boot that went wrong goes wrong again. */

/* Virtual time, in microseconds. */
typedef uint64_t us_t;

#define US_PER_MS ((us_t)1000)
#define US_PER_S ((us_t)1000000)

#define SIM_CLIENT_IP 0xc0000207u /* 192.0.2.7 */
#define SIM_SERVER_IP 0xc0000201u /* 192.0.2.1 */
#define SIM_SECOND_IP 0xc0000202u
#define SIM_MASK 0xffffff00u
#define SIM_DISTANT_IP 0xcb007101u /* 203.0.113.1, behind a router */
#define SIM_BOOT_NAME "boot"
#define SIM_DOMAIN "example.org"

enum sim_direction { SIM_UP, SIM_DOWN }; /* to the servers, to the client */

/* What a frame is, for counting. */
enum sim_kind {
	SAW_OTHER,
	SAW_ARP_ASKS,
	SAW_ARP_TELLS,
	SAW_DISCOVER,
	SAW_OFFER,
	SAW_REQUEST,
	SAW_DHCP_ACK,
	SAW_NAK,
	SAW_RRQ,
	SAW_OACK,
	SAW_DATA,
	SAW_ACK,
	SAW_ERROR,
	SAW_DNS_ASKS,
	SAW_DNS_TELLS,
	SAW_SYN,
	SAW_SEGMENT,
	SAW_TCP_ACK,
	SAW_FIN,
	SAW_RST,
	SAW_KINDS,
};

/* ---- in */

/* What a proxy's offer has; what it lacks is to be asked for on port 4011. */
enum sim_proxy { PROXY_NONE, PROXY_FILE, PROXY_ASKED, PROXY_MENU };

struct sim_dhcpd {
	bool absent;
	us_t delay;            /* before each answer */
	unsigned deaf;         /* messages ignored at first */
	unsigned naks;         /* REQUESTs refused at first */
	bool no_ack;           /* offers, and never answers a REQUEST */
	bool no_boot;          /* says nothing about booting */
	bool no_address;       /* offers none, and is no proxy either */
	enum sim_proxy proxy;  /* gives no addresses */
	bool mute;             /* on port 4011 */
	bool unicast;          /* ignores the broadcast flag */
	bool other_exchange;   /* its answers have another id… */
	bool other_client;     /* …or are for another MAC address */
	bool meddles;          /* refuses what was asked of other servers */
	uint32_t next_server;  /* 0: itself */
	const char *boot_name; /* of the boot server; with the DNS server's
				* address, its own, and SIM_DOMAIN */
	const char *boot_file; /* NULL: "boot/pxelinux.0" */
};

struct sim_dnsd {
	bool absent;
	unsigned deaf;    /* questions ignored at first */
	uint32_t address; /* of SIM_BOOT_NAME */
};

struct sim_tftpd {
	bool absent;
	uint32_t blksize;     /* the largest that it agrees to */
	uint32_t windowsize;  /* the same of windows; 0: knows none */
	uint32_t insists;     /* on this size, whatever it was asked for */
	bool invents;         /* agrees to an option of its own */
	bool plain;           /* knows no options */
	bool refuses_options; /* answers them with error 8… */
	bool refuses_big;     /* …or only blocks larger than 1468 */
	bool no_tsize;
	int tsize_lie;      /* added to the size it announces */
	us_t thinks;        /* before it answers a request */
	us_t repeats_after; /* without an ACK, sends again… */
	unsigned repeats;   /* …so often */
	bool resends;       /* a repeated ACK makes it send again: BSD's */
	bool twice;         /* sends each DATA twice */
	bool one_transfer;  /* a repeated request is no second one */
	uint16_t rolls_to;  /* the block number behind 65535 */
	size_t grows_by;    /* bytes sent behind the announced end */
	uint32_t oversends; /* bytes in each block more than agreed */
};

/* The TCP under a server's HTTP. */
struct sim_tcpd {
	unsigned deaf;    /* SYNs ignored at first */
	bool plain;       /* no options in its SYN */
	uint16_t mss;     /* that it names; 0: 1460 */
	uint16_t window;  /* that it offers; 0: all of 65535 */
	us_t shut;        /* it offers none for so long at first */
	uint32_t segment; /* bytes in each at most, also more than MSS as
			   * Linux hands them over in a Dom0; 0: MSS */
	uint32_t dares;   /* bytes under way at most; 0: 32768 */
	bool overlaps;    /* repeats with other bounds than it had */
	bool twice;       /* sends each segment twice */
};

/* How the size of content is told. */
enum sim_length { LENGTH_TOLD, LENGTH_CHUNKED, LENGTH_NONE };

/* What tells versions of a file apart. */
enum sim_validator { TAG_STRONG, TAG_WEAK, TAG_DATE, TAG_NONE };

/* What happens in the middle of an answer. */
enum sim_break_kind {
	BREAK_NONE,
	BREAK_FIN,
	BREAK_RST,
	BREAK_STALL,
	BREAK_SILENCE,
};

struct sim_httpd {
	bool absent;
	us_t thinks; /* before each answer */
	enum sim_length length;
	uint32_t chunk;    /* bytes in each; 0: 1000 */
	bool old;          /* HTTP/1.0 */
	bool closes;       /* says so, and closes after each answer */
	unsigned keeps;    /* answers on a connection, which is closed then
			    * without a word; 0: any number */
	bool no_ranges;    /* knows none: sends all of the file */
	bool wrong_ranges; /* sends another part */
	enum sim_validator validator;
	bool changes;         /* it is another version each time */
	bool no_head;         /* 405 */
	bool odd;             /* a head as the RFC allows and nobody writes */
	unsigned unwell;      /* answers at first that are 503 */
	uint32_t status;      /* of each file that is there; 0: 200 */
	unsigned hops;        /* redirects in front of each file */
	const char *moved_to; /* "http://host": where the last one leads */
	int length_lie;       /* added to the size it tells */
	enum sim_break_kind breaks;
	size_t breaks_at;  /* byte of an answer with a file */
	unsigned breaks_n; /* answers that break, from the first on */
	us_t stalls;       /* how long BREAK_STALL lasts */
	size_t split;      /* a segment ends behind this byte of answers */
};

struct sim_server {
	uint32_t ip;
	struct mac mac;
	struct sim_dhcpd dhcpd;
	struct sim_dnsd dnsd;
	struct sim_tftpd tftpd;
	struct sim_tcpd tcpd;
	struct sim_httpd httpd;
	unsigned dies_at; /* its n-th frame is lost, and all after it */
	bool still_arps;  /* but not its answers to ARP */
	bool offloads;    /* leaves UDP checksums to absent hardware */
	bool pads;        /* to 60 bytes, as a real wire does */
	bool tags;        /* sends priority tags (VLAN 0) */
	bool asks_arp;    /* before it sends to the client */
	bool refuses;     /* by ICMP what nothing listens for */
};

#define SIM_SERVERS 2

/* What may happen to a frame. */
enum sim_what {
	WHAT_NOTHING,
	WHAT_LOST,
	WHAT_TWICE,
	WHAT_LATE,
	WHAT_TWICE_LATE,
	WHAT_CUT,
	WHAT_FLIPPED,
	WHAT_OVERSIZE,
};

struct sim_fault {
	/* Chances in 10000, for each frame in each direction. */
	uint32_t lost, twice, late, cut, corrupt;
	uint32_t runt;     /* less than an Ethernet header is left */
	uint32_t oversize; /* more than the MTU, with bytes behind it */
	uint32_t noise;    /* of a frame nobody asked for, to the client */
	us_t babble;       /* between more of those, whoever is silent */
	us_t latency, jitter;
	us_t late_by;     /* at most, for late frames */
	bool wakes_early; /* waits may end before there is a reason */

	/* One frame only: number `nth` in its direction, from 1.  A late one
	 * arrives behind the next, `at` is the length, or the bit. */
	struct {
		enum sim_what what;
		enum sim_direction direction;
		unsigned nth;
		size_t at;
	} one;

	us_t cut_from, cut_until; /* nothing passes; since the start */
};

/* What comes to pass, counted. */
enum sim_met {
	MET_LOST,
	MET_TWICE,
	MET_LATE,
	MET_CUT,
	MET_CORRUPT,
	MET_RUNT,
	MET_OVERSIZE,
	MET_NOISE,
	MET_KINDS,
};

/* A file on the servers: a text, or bytes that differ from file to file. */
struct sim_file {
	const char *path;
	const char *text;
	size_t size; /* of a file without text */
};

#define SIM_FILES 5

/* Where memory comes from. */
enum sim_site {
	SITE_FRAME, /* port/frame_pool, for what is received */
	SITE_HEAP,  /* lwIP's, for what is sent */
	SITE_PBUF,
	SITE_PBUF_POOL,
	SITE_UDP,
	SITE_TCP,
	SITE_SEGMENT,
	SITE_REASSEMBLY,
	SITE_ARP,
	SITE_TIMEOUT,
	SITES,
};

struct sim_memory {
	unsigned fails_at; /* the n-th piece asked for, from 1; 0 = none */
	bool all;          /* and all after it */
};

/* How writing to the kernel's and the ramdisk's file goes. */
struct sim_writes {
	unsigned fails_at; /* the n-th write, from 1; 0 = none */
	int error;         /* errno of it */
	bool shortens;     /* writes take a part, or are interrupted */
};

struct sim {
	uint32_t seed;
	bool verbose;      /* shows the log and every frame on stderr */
	uint64_t start_ms; /* what the clock says at first */
	uint32_t mtu;
	struct sim_server server[SIM_SERVERS];
	size_t servers;
	struct sim_fault fault;
	struct sim_file file[SIM_FILES];
	size_t files;
	struct sim_writes writes;
	struct sim_memory memory;
	bool no_entropy;  /* the kernel has none yet */
	unsigned gone_at; /* the n-th wait finds the parent gone */
	bool explained;   /* --explain: nothing is booted */
	bool person;      /* somebody types, on a terminal with: */
	uint32_t rows, columns;
	bool dumb; /* no sequences */

	/* What a boot must bring, or an explained one ask for. */
	const char *kernel;  /* paths on the server */
	const char *initrds; /* separated by commas; "" = none */
	const char *cmdline;
};

/* ---- out */

struct sim_seen {
	us_t at; /* since the start */
	uint8_t direction, kind;
	uint16_t number; /* of a block; the error's code */
	uint16_t client_port;
	uint16_t size;
};

#define SIM_SEEN 8192

/* Numbers that nobody should be able to guess. */
#define SIM_NUMBERS 8

struct sim_numbers {
	unsigned exchanges, requests, questions, connections;
	uint32_t xid[SIM_NUMBERS];       /* of DHCP */
	uint16_t tftp_port[SIM_NUMBERS]; /* the client's */
	uint16_t dns_id[SIM_NUMBERS], dns_port[SIM_NUMBERS];
	uint32_t isn[SIM_NUMBERS];
	uint16_t tcp_port[SIM_NUMBERS];
};

struct sim_result {
	char problem[1024]; /* the rule that was broken; "" = none */
	char log[16384];
	uint32_t outcome, rc; /* as in the report */
	us_t took;
	unsigned waits;
	unsigned writes;
	unsigned entropy;           /* bytes of the kernel's */
	unsigned draws;             /* of numbers made from these */
	unsigned pieces;            /* of memory asked for */
	unsigned refused[SITES];    /* of these */
	unsigned frames[2];         /* by direction; as sent, before faults */
	unsigned met[2][MET_KINDS]; /* faults */
	unsigned count[2][SAW_KINDS];
	struct sim_numbers numbers;
	unsigned seen_n; /* past SIM_SEEN they are only counted */
	struct sim_seen seen[SIM_SEEN];
};

/* Makes *s a boot of 20000 bytes of kernel and 50000 of ramdisk, from one
 * server that is as it should be. */
void sim_init(struct sim *s);

/* Lets *s, which sim_init() made, boot over HTTP: option 67 is a URL. */
void sim_use_http(struct sim *s);

/* Boots in a process of its own.  Sets r->problem if a rule was broken that
 * holds for every boot: it ends, in time, with exactly the right files and
 * command line or with a documented code and a reason on the log; every frame
 * that is sent is sound; nothing is left allocated. */
void sim_run(const struct sim *s, struct sim_result *r);

/* Returns the end of the log. */
const char *sim_last_words(const struct sim_result *r);

/* Returns memory for a result that sim_run() can fill. */
struct sim_result *sim_result(void);

/* Inside the simulated process: the boot in progress. */
extern const struct sim *sim;
extern struct sim_result *sim_out;

/* Inside the simulated process: ends it with a broken rule. */
void sim_break(const char *fmt, ...)
	__attribute__((noreturn, format(printf, 1, 2)));

#endif
