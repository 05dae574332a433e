import base64, http.server, json, os, pathlib, secrets, ssl, threading, time, urllib.request

NAME = os.environ["SERVICE_NAME"]
COUNTS = {"requests": 0, "log_lines": 0, "spans_sent": 0, "spans_failed": 0}


def span(trace, number, start, end):
    def text(key, value):
        return {"key": key, "value": {"stringValue": value}}
    body = {"resourceSpans": [{
        "resource": {"attributes": [text("service.name", NAME)]},
        "scopeSpans": [{"spans": [{
            "traceId": trace, "spanId": secrets.token_hex(8), "name": "GET /sample", "kind": 2,
            "startTimeUnixNano": str(start), "endTimeUnixNano": str(end),
            "attributes": [text("sample.request", str(number))],
        }]}],
    }]}
    return json.dumps(body).encode()


def login(folder):
    name, password = (pathlib.Path(folder, file).read_text().strip() for file in ("username", "password"))
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


def server(settings):
    trust = ssl.create_default_context(cafile=settings.get("authority"))
    if settings.get("certificate"):
        trust.load_cert_chain(settings["certificate"], settings["key"])
    headers = {"Content-Type": "application/json"} | settings.get("headers", {})
    if settings.get("login"):
        headers["Authorization"] = login(settings["login"])
    return settings["url"], headers, trust


def send(url, headers, trust, body):
    request = urllib.request.Request(url, body, headers)
    try:
        urllib.request.urlopen(request, timeout=10, context=trust).close()
        COUNTS["spans_sent"] += 1
    except OSError:
        COUNTS["spans_failed"] += 1


def work(log):
    pace = float(os.environ["PACE_SECONDS"])
    servers = [server(settings) for settings in json.loads(pathlib.Path(os.environ["OTLP_SERVERS"]).read_text())]
    while True:
        start, trace = time.time_ns(), secrets.token_hex(16)
        time.sleep(pace)
        COUNTS["requests"] += 1
        line = f"level=info msg=request number={COUNTS['requests']} trace_id={trace}"
        for out in (log, None):
            print(line, file=out, flush=True)
        COUNTS["log_lines"] += 1
        body = span(trace, COUNTS["requests"], start, time.time_ns())
        for to in servers:
            send(*to, body)


class Pages(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        lines = []
        for name, count in COUNTS.items():
            lines += [f"# TYPE sample_{name}_total counter", f"sample_{name}_total {count}", ""]
        page = os.linesep.join(lines).encode() if self.path == "/metrics" else b"ok"
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *_):
        pass


with open(os.environ["LOG_FILE"], "a") as log:
    threading.Thread(target=work, args=(log,), daemon=True).start()
    http.server.ThreadingHTTPServer(("", 8080), Pages).serve_forever()