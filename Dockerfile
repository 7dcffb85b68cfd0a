# docker build -t caravan-hub .                   the hub
# docker build -t caravan-edge --target edge .    an edge gateway
#
# Both run as a user without rights, and need no more to write to than their data folder and /tmp: start them with --read-only and
# --tmpfs /tmp:exec,mode=1777 (libraries with native parts unpack them there and load them).
FROM maven:3.9-eclipse-temurin-17 AS build
WORKDIR /src
COPY . .
# Maven's repository is a cache of the builder, so a change of the sources fetches nothing again.
RUN --mount=type=cache,target=/root/.m2 \
    mvn -B -ntp -DskipTests package \
 && edge-camel/packaging/make-package \
 && mkdir -p /out/hub/lib /out/hub/app /out/edge/lib /out/edge/app \
 && cp src/hub/target/lib/*.jar /out/hub/lib/ \
 && mv /out/hub/lib/caravan-*.jar /out/hub/app/ \
 && cp src/hub/target/caravan-hub-app-*.jar /out/hub/app/ \
 && mv edge-camel/target/caravan-edge/lib/*.jar /out/edge/lib/ \
 && mv /out/edge/lib/caravan-*.jar /out/edge/app/ \
 && rm -rf edge-camel/target/caravan-edge/lib

FROM eclipse-temurin:17-jre AS edge
RUN useradd --system --uid 10001 --home-dir /var/lib/caravan-edge --create-home caravan-edge
# Libraries first: they change seldom, and their layer is kept. Then our own jars, then routes and maps.
COPY --from=build /out/edge/lib /opt/caravan-edge/lib
COPY --from=build /out/edge/app /opt/caravan-edge/lib
COPY --from=build /src/edge-camel/target/caravan-edge /opt/caravan-edge
# The package's class archive is for the Java that made the package; this one is for the image's.
RUN /opt/caravan-edge/bin/caravan-edge --archive
ENV EDGE_DATA=/var/lib/caravan-edge
USER caravan-edge
WORKDIR /var/lib/caravan-edge
VOLUME /var/lib/caravan-edge
# A gateway that cannot go on ends, and says how it is to the hub, not to a port: this tells a start from none.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD test -s /var/lib/caravan-edge/spool.db
# Mount the settings at /etc/caravan-edge/edge.yaml. Updates are new images, not releases from the hub.
ENTRYPOINT ["/opt/caravan-edge/bin/caravan-edge"]
CMD ["/etc/caravan-edge/edge.yaml"]

FROM eclipse-temurin:17-jre AS hub
RUN useradd --system --uid 10001 --home-dir /var/lib/caravan-hub --create-home caravan-hub
# Libraries first: they change seldom, and their layer is kept. Then our own jars, then what a site changes.
COPY --from=build /out/hub/lib /opt/caravan-hub/lib
COPY --from=build /out/hub/app /opt/caravan-hub/app
COPY mappings /opt/caravan-hub/mappings
COPY connectors /opt/caravan-hub/connectors
COPY rules /opt/caravan-hub/rules
COPY routes /opt/caravan-hub/routes
ENV HUB_ROOT=/opt/caravan-hub \
    HUB_HOME=/var/lib/caravan-hub \
    JAVA_TOOL_OPTIONS="-XX:+UseSerialGC -Xmx768m -Xmn320m -XX:+ExitOnOutOfMemoryError"
USER caravan-hub
WORKDIR /var/lib/caravan-hub
VOLUME /var/lib/caravan-hub
EXPOSE 8080 1883 8883
# From the container's own loopback interface no token is needed.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=6 \
    CMD ["sh", "-c", "curl -fsS -o /dev/null http://127.0.0.1:${HUB_HTTP_PORT:-8080}/actuator/health"]
ENTRYPOINT ["java", "-Xss512k", "-cp", "/opt/caravan-hub/app/*:/opt/caravan-hub/lib/*", "io.caravanhub.hub.cli.HubCommand"]
CMD ["run"]
