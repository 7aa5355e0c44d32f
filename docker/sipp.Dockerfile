# SIPp as backend and caller of the example.
FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends sip-tester && rm -rf /var/lib/apt/lists/*
RUN useradd --uid 10061 --create-home sipp
USER 10061
WORKDIR /home/sipp
ENTRYPOINT ["sipp", "-nostdin"]
