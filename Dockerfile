# syntax=docker/dockerfile:1
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=
RUN CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags "-s -w -X main.version=$VERSION" -o /out/deskbell ./cmd/deskbell \
 && install -d -m 0700 /out/data

# Nothing but the program: no shell, no package manager. It needs a database:
# set DATABASE_URL (see compose.yaml).
FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /out/deskbell /deskbell
COPY --from=build --chown=65532:65532 /out/data /data
USER 65532:65532
ENV DESKBELL_DATA=/data DESKBELL_LISTEN=:8080
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["/deskbell", "health"]
ENTRYPOINT ["/deskbell"]
CMD ["serve"]
