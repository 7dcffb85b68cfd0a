package io.caravanhub.core.route;

import static io.caravanhub.core.route.RouteFilesFixture.route;
import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.core.route.RouteFile.State;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouteRefusalTest {
  @TempDir Path folder;
  private RouteFilesFixture hub;

  @BeforeEach
  void start() {
    hub = new RouteFilesFixture(folder);
    hub.write("good.camel.yaml", route("good", "still here"));
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  private RouteFile refusalOf(String path, String text) {
    hub.write(path, text);
    hub.loader.start();
    RouteFile file = hub.file(path);
    assertThat(file.state()).as(file.summary()).isEqualTo(State.REFUSED);
    assertThat(file.routeIds()).isEmpty();
    assertThat(hub.ask("good")).isEqualTo("still here");
    assertThat(hub.context.getRoutes()).hasSize(1);
    assertThat(hub.model().getRouteDefinitions()).hasSize(1);
    return file;
  }

  @Test
  void aSyntaxErrorIsRefusedWithItsLine() {
    RouteFile file =
        refusalOf(
            "bad.camel.yaml",
            """
            - route:
                id: bad
                from:
                  uri: direct:bad
                  steps:
                    - log: a: b
            """);
    assertThat(file.line()).isEqualTo(6);
    assertThat(file.reason()).isEqualTo("mapping values are not allowed here");
  }

  @Test
  void anUnknownStepIsRefusedWithItsLine() {
    RouteFile file =
        refusalOf(
            "bad.camel.yaml",
            """
            - route:
                id: bad
                from:
                  uri: direct:bad
                  steps:
                    - log: fine
                    - frobnicate: {}
            """);
    assertThat(file.line()).isEqualTo(7);
    assertThat(file.reason()).contains("frobnicate");
  }

  @Test
  void anUnknownOptionOfAStepIsRefusedWithItsLine() {
    RouteFile file =
        refusalOf(
            "bad.camel.yaml",
            """
            - route:
                id: bad
                from:
                  uri: direct:bad
                  steps:
                    - log:
                        message: hi
                        colour: red
            """);
    assertThat(file.line()).isBetween(6, 8);
    assertThat(file.reason()).contains("colour");
  }

  @Test
  void anUnknownComponentIsRefusedWithItsLine() {
    RouteFile file =
        refusalOf(
            "bad.camel.yaml",
            """
            - route:
                id: bad
                from:
                  uri: direct:bad
                  steps:
                    - log: fine
                    - to: {uri: "ftpp:host/dir"}
            """);
    assertThat(file.line()).isEqualTo(7);
    assertThat(file.reason()).isEqualTo("unknown component 'ftpp' in ftpp:host/dir");
  }

  @Test
  void aMissingPropertyIsRefusedWithItsLine() {
    RouteFile file =
        refusalOf(
            "bad.camel.yaml",
            """
            - route:
                id: bad
                from:
                  uri: direct:bad
                  steps:
                    - log: "{{greeting}} {{other:default}}"
                    - to: "{{channel.nowhere}}"
            """);
    assertThat(file.line()).isEqualTo(7);
    assertThat(file.reason()).isEqualTo("missing property {{channel.nowhere}}");
  }

  @Test
  void anUnknownEndpointOptionIsRefusedWithItsLine() {
    RouteFile file =
        refusalOf(
            "bad.camel.yaml",
            """
            - route:
                id: bad
                from:
                  uri: direct:bad
                  steps:
                    - log: fine
                    - to: direct:out?wrong=1
            """);
    assertThat(file.line()).isEqualTo(7);
    assertThat(file.reason()).contains("wrong");
  }

  @Test
  void aMissingBeanIsRefusedWithItsLine() {
    RouteFile file =
        refusalOf(
            "bad.camel.yaml",
            """
            - route:
                id: bad
                from:
                  uri: direct:bad
                  steps:
                    - log: fine
                    - bean: {ref: nobodyKnows, method: keep}
            """);
    assertThat(file.line()).isEqualTo(7);
    assertThat(file.reason()).contains("nobodyKnows");
  }

  /** Camel can neither shut down such a step that failed to start nor let go of its template. */
  @Test
  void aKameletStepIsRefusedInFavourOfTo() {
    RouteFile file =
        refusalOf(
            "bad.camel.yaml",
            """
            - route:
                id: bad
                from:
                  uri: direct:bad
                  steps:
                    - kamelet: {name: greet-action}
            """);
    assertThat(file.line()).isEqualTo(6);
    assertThat(file.reason()).contains("to: kamelet:<name>");
  }

  @Test
  void aPolicyThatDoesNotExistIsRefusedInsteadOfRunningWithoutIt() {
    RouteFile file =
        refusalOf(
            "bad.camel.yaml",
            """
            - route:
                id: bad
                routeConfigurationId: ingest
                from:
                  uri: direct:bad
                  steps: [{log: x}]
            """);
    assertThat(file.line()).isEqualTo(3);
    assertThat(file.reason()).contains("'ingest': no such policy");
  }

  @Test
  void ofAFileWithOneGoodAndOneBadRouteNothingStays() {
    RouteFile file =
        refusalOf(
            "half.camel.yaml",
            route("half", "first")
                + """
                - route:
                    id: half-second
                    from:
                      uri: direct:half-second
                      steps:
                        - to: direct:out?wrong=1
                """);
    assertThat(file.line()).isEqualTo(12);
  }

  @Test
  void ofAFileWhoseSecondRouteCannotStartNothingStays() {
    RouteFile file =
        refusalOf(
            "half.camel.yaml",
            route("half", "first")
                + """
                - route:
                    id: half-second
                    from:
                      uri: direct:good
                      steps: [{log: x}]
                """);
    assertThat(file.reason()).contains("Multiple consumers").contains("direct://good");
  }

  @Test
  void aRouteIdOfAnotherFileIsRefusedNamingThatFile() {
    hub.write("a/twice.camel.yaml", route("twice", "a"));
    hub.write("b/twice.camel.yaml", route("twice", "b"));
    hub.loader.start();
    RouteFile file = hub.file("b/twice.camel.yaml");
    assertThat(file.reason())
        .isEqualTo("route id 'twice' is taken by " + folder.resolve("a/twice.camel.yaml"));
    assertThat(file.line()).isEqualTo(1);
    assertThat(hub.ask("twice")).isEqualTo("a");
  }

  @Test
  void aStepIdOfAnotherFileIsRefusedNamingThatFile() {
    String text =
        """
        - route:
            id: %s
            from:
              uri: direct:%s
              steps:
                - log: {id: same, message: x}
        """;
    hub.write("one.camel.yaml", text.formatted("one", "one"));
    hub.write("two.camel.yaml", text.formatted("two", "two"));
    hub.loader.start();
    assertThat(hub.file("two.camel.yaml").reason())
        .contains("step id 'same' is taken by")
        .contains("one.camel.yaml");
    assertThat(hub.file("two.camel.yaml").line()).isEqualTo(6);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | the file is empty",
        "'route: {}' | a route file is a list: expected '- route:'",
        "'- beans: []' | 'beans' does not belong in a route file",
        "'- onException: {}' | 'onException' does not belong in a route file",
        "'[]' | the file holds no route",
        "'- route: {id: other, from: {uri: \"direct:x\", steps: []}}' | route id: expected 'bad' (the file name), got 'other'",
        "'- from: {uri: \"direct:x\", steps: []}' | from id: expected 'bad' (the file name), got none",
        "'- routeConfiguration: {id: bad}' | error handling belongs in routes/policy",
      })
  void whatIsNotOneNamedRouteIsRefused(String text, String reason) {
    assertThat(refusalOf("bad.camel.yaml", text).reason()).startsWith(reason);
  }

  @Test
  void aFileNameThatIsNoIdIsRefused() {
    assertThat(refusalOf("Bad Name.camel.yaml", route("bad", "x")).reason())
        .startsWith("file name 'Bad Name'");
  }

  @Test
  void startingBeforeTheContextIsAMistakeOfTheCaller() {
    hub.context.stop();
    org.assertj.core.api.Assertions.assertThatIllegalStateException().isThrownBy(hub.loader::start);
  }
}
