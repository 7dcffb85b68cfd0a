# docker build -t caravan-hub .                   the hub
# docker build -t caravan-edge --target edge .    an edge gateway
FROM maven:3.9-eclipse-temurin-17 AS build
WORKDIR /src
COPY . .
# Maven's repository is a cache of the builder, so a change of the sources fetches nothing again.
RUN --mount=type=cache,target=/root/.m2 \
    mvn -B -ntp -DskipTests package \
 && edge-camel/packaging/make-package \
 && mkdir -p /out/lib /out/app \
 && cp src/hub/target/lib/*.jar /out/lib/ \
 && mv /out/lib/caravan-*.jar /out/app/ \
 && cp src/hub/target/caravan-hub-app-*.jar /out/app/

FROM eclipse-temurin:17-jre AS edge
RUN useradd --system --uid 10001 caravan-edge
COPY --from=build /src/edge-camel/target/caravan-edge /opt/caravan-edge
USER caravan-edge
# Mount the settings at /etc/caravan-edge/edge.yaml.
ENTRYPOINT ["/opt/caravan-edge/bin/caravan-edge", "/etc/caravan-edge/edge.yaml"]

FROM eclipse-temurin:17-jre AS hub
RUN useradd --system --uid 10001 --home-dir /var/lib/caravan-hub --create-home caravan-hub
# Libraries first: they change seldom, and the layer is kept.
COPY --from=build /out/lib /opt/caravan-hub/lib
COPY routes /opt/caravan-hub/routes
COPY connectors /opt/caravan-hub/connectors
COPY mappings /opt/caravan-hub/mappings
COPY rules /opt/caravan-hub/rules
COPY --from=build /out/app /opt/caravan-hub/app
ENV HUB_ROOT=/opt/caravan-hub \
    HUB_HOME=/var/lib/caravan-hub \
    JAVA_TOOL_OPTIONS="-XX:+UseSerialGC -Xmx768m -Xmn320m -XX:+ExitOnOutOfMemoryError"
USER caravan-hub
WORKDIR /var/lib/caravan-hub
VOLUME /var/lib/caravan-hub
EXPOSE 8080 1883 8883
ENTRYPOINT ["java", "-Xss512k", "-cp", "/opt/caravan-hub/app/*:/opt/caravan-hub/lib/*", "io.caravanhub.hub.cli.HubCommand"]
CMD ["run"]
