/**
 * The front: an nginx for one host name with TLS, before all processes of one machine or several. HTTP may go to any process;
 * a socket goes to the one that its path names, as that process's PUBLIC_ADDRESS says.
 */

/** The processes of one machine: process n listens on `port` + n and its sockets come in under `/<prefix>n/`. */
export interface FrontMachine {
  /** Of lower-case letters; its PUBLIC_ADDRESS is `<server name>/<prefix>{n}`. */
  readonly prefix: string;
  readonly host: string;
  readonly port: number;
  readonly processes: number;
}

export interface FrontOptions {
  readonly serverName: string;
  readonly machines: readonly FrontMachine[];
  /** As nginx's `listen` takes them, such as `443` and `[::]:443`. */
  readonly listen: readonly string[];
  /** Where plain HTTP is sent on to https; none: nowhere. */
  readonly listenHttp: readonly string[];
  readonly certificate: string;
  readonly key: string;
  /** A folder of nginx's own, for its pid, its cache and what it holds for a moment. */
  readonly stateDir: string;
  /** Who nginx's workers are, when it is started by root; undefined: as it was built. */
  readonly user: string | undefined;
  readonly workers: number;
  /** Fans at most, all at once. */
  readonly fans: number;
}

/** A fan's socket has one descriptor towards the fan and one towards the process. */
const DESCRIPTORS_PER_FAN = 2;
/** Workers never share the sockets evenly, and pages need connections besides. */
const SLACK = 1.5;
const CONNECTIONS_MIN = 4_096;
/** For logs, the cache and the like. */
const OTHER_DESCRIPTORS = 1_024;

export function nginxConf(options: FrontOptions): string {
  const { machines, serverName, listen, listenHttp, certificate, key, stateDir, user, workers, fans } = options;
  const processes = machines.flatMap(({ prefix, host, port, processes }) =>
    Array.from({ length: processes }, (_, n) => ({ name: `${prefix}${n}`, address: `${host}:${port + n}` })),
  );
  const connections = Math.max(CONNECTIONS_MIN, Math.ceil((fans * DESCRIPTORS_PER_FAN * SLACK) / workers));
  return `# Front Row's front, for ${fans} fans: written by server/cluster/nginx-conf.ts.
# Each fan's socket takes ${DESCRIPTORS_PER_FAN} descriptors and ${DESCRIPTORS_PER_FAN} connections here: ${workers} workers with ${connections} each leave half as many again to spare.
${user === undefined ? '' : `user ${user};\n`}worker_processes ${workers};
worker_rlimit_nofile ${connections + OTHER_DESCRIPTORS};
pid ${stateDir}/nginx.pid;
# Below this level nginx writes requests with their queries, and a socket's query holds its ticket.
error_log stderr crit;

events {
  worker_connections ${connections};
  multi_accept on;
}

http {
  access_log off;
  server_tokens off;
  # What can be compressed was compressed by the build.
  gzip off;
  tcp_nodelay on;
  sendfile on;
  client_body_temp_path ${stateDir}/body;
  proxy_temp_path ${stateDir}/proxy;
  fastcgi_temp_path ${stateDir}/fastcgi;
  uwsgi_temp_path ${stateDir}/uwsgi;
  scgi_temp_path ${stateDir}/scgi;
  proxy_cache_path ${stateDir}/cache levels=1:2 keys_zone=assets:1m max_size=200m inactive=365d use_temp_path=off;

  client_max_body_size 16k;
  client_header_timeout 10s;
  client_body_timeout 10s;
  keepalive_timeout 30s;

  # Pages and doors: any process, the least busy first. One that fails is left alone for a moment, and the next one is asked.
  upstream processes {
    least_conn;
${processes.map(({ address }) => `    server ${address} max_fails=2 fail_timeout=2s;`).join('\n')}
    keepalive 64;
    # Shorter than the processes keep an idle connection: they must never be the first to close.
    keepalive_timeout 4s;
  }

  # Sockets: the one process where the fan's seat is.
${processes.map(({ name, address }) => `  upstream process_${name} { server ${address} max_fails=0; }`).join('\n')}

  # Three variants are all that the build made, whatever browsers write; the first that fits.
  map $http_accept_encoding $encoding {
    default identity;
    ~*\\bbr\\b br;
    ~*\\bgzip\\b gzip;
  }
${listenHttp.length === 0 ? '' : redirection(serverName, listenHttp)}
  server {
${listen.map((on) => `    listen ${on} ssl http2 reuseport backlog=65535;`).join('\n')}
    server_name ${serverName};
    ssl_certificate ${certificate};
    ssl_certificate_key ${key};
    ssl_protocols TLSv1.2 TLSv1.3;
    # Whoever comes back within the day needs no new handshake; 1 MB holds 4,000 sessions.
    ssl_session_cache shared:sessions:40m;
    ssl_session_timeout 1d;
    ssl_session_tickets off;
    ssl_buffer_size 4k;

    proxy_http_version 1.1;
    proxy_set_header Host $http_host;
    proxy_set_header Connection "";
    # Not what the client says of itself: this is the edge. Behind another proxy, set its address first (ngx_http_realip_module).
    proxy_set_header X-Forwarded-For $remote_addr;
    proxy_set_header X-Forwarded-Proto $scheme;
    proxy_connect_timeout 1s;
    # Whoever stands still, or is cut off without a word, is passed over before pages give up by themselves (8 s).
    proxy_read_timeout 5s;
    proxy_next_upstream error timeout http_503;
    proxy_next_upstream_tries 3;
    proxy_max_temp_file_size 0;

    # What machines ask is asked at the processes themselves.
    location ~ ^/(healthz|readyz|metrics|status)(/|$) { return 404; }

    location / { proxy_pass http://processes; }

    location /api/ {
      proxy_pass http://processes;
      # A ticket may be asked for again: a seat that nobody takes is free again by itself.
      proxy_next_upstream error timeout http_503 non_idempotent;
      # Doors answer from memory.
      proxy_read_timeout 2s;
      error_page 502 504 =503 @away;
    }
    location @away {
      default_type application/json;
      add_header Retry-After 2 always;
      add_header Cache-Control no-store always;
      return 503 '{"code":"unavailable","message":"Nobody answers right now.","retryInMs":2000}';
    }

    # Their names carry a hash: kept for good, also while a deploy takes the old ones away.
    location /assets/ {
      proxy_pass http://processes;
      proxy_set_header Host $http_host;
      proxy_set_header Connection "";
      proxy_set_header Accept-Encoding $encoding;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_cache assets;
      proxy_cache_key "$uri $encoding";
      proxy_ignore_headers Vary;
      proxy_cache_lock on;
      proxy_cache_use_stale error timeout updating http_500 http_502 http_503 http_504;
    }

    location ~ ^/(?<process>${processes.map(({ name }) => name).join('|')})/(?<room>[\\w-]+/[\\w-]+)$ {
      if ($http_upgrade !~* ^websocket$) { return 404; }
      proxy_pass http://process_$process/$room$is_args$args;
      proxy_set_header Host $http_host;
      proxy_set_header Connection upgrade;
      proxy_set_header Upgrade websocket;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Proto $scheme;
      proxy_next_upstream off;
      # Three of the processes' heartbeats, which are sparse on purpose.
      proxy_read_timeout 90s;
      proxy_send_timeout 90s;
      proxy_socket_keepalive on;
    }
  }

  # Other names that lead here get no certificate and no answer.
  server {
${listen.map((on) => `    listen ${on} ssl http2 default_server;`).join('\n')}
    ssl_reject_handshake on;
  }
}
`;
}

function redirection(serverName: string, listen: readonly string[]): string {
  return `
  server {
${listen.map((on) => `    listen ${on};`).join('\n')}
    server_name ${serverName};
    return 308 https://${serverName}$request_uri;
  }
`;
}
