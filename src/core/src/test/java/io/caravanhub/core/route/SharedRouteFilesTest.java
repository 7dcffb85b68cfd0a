package io.caravanhub.core.route;

import static io.caravanhub.core.route.RouteFilesFixture.SOON;
import static io.caravanhub.core.route.RouteFilesFixture.route;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Policies and kamelets: files that other files use. */
class SharedRouteFilesTest {
  private static final String POLICY = "policy/calm.camel.yaml";
  private static final String KAMELET = "oem/greet-action.kamelet.yaml";

  @TempDir Path folder;
  private RouteFilesFixture hub;

  @BeforeEach
  void start() {
    hub = new RouteFilesFixture(folder);
    hub.write(POLICY, policy("setBody: {constant: calm}"));
    hub.write(KAMELET, kamelet("{{word}} 1"));
    hub.write(
        "a.camel.yaml",
        """
        - route:
            id: a
            routeConfigurationId: calm
            from:
              uri: direct:a
              steps:
                - throwException: {exceptionType: java.lang.IllegalStateException, message: no}
        """);
    hub.write(
        "k.camel.yaml",
        """
        - route:
            id: k
            from:
              uri: direct:k
              steps:
                - to: kamelet:greet-action?word=hi
        """);
    hub.write(
        "e.camel.yaml",
        """
        - route:
            id: e
            from:
              uri: direct:e
              steps:
                - to: {uri: 'kamelet:greet-action', parameters: {word: ho}}
        """);
    hub.write("steady.camel.yaml", route("steady", "steady"));
    hub.loader.start();
  }

  @AfterEach
  void stop() {
    hub.close();
  }

  private static String policy(String step) {
    return """
        - routeConfiguration:
            id: calm
            onException:
              - onException:
                  exception: [java.lang.Exception]
                  handled: {constant: "true"}
                  steps:
                    - %s
        """
        .formatted(step);
  }

  private static String kamelet(String text) {
    return """
        apiVersion: camel.apache.org/v1
        kind: Kamelet
        metadata: {name: greet-action}
        spec:
          definition:
            title: Greet
            required: [word]
            properties: {word: {type: string}}
          template:
            from:
              uri: kamelet:source
              steps:
                - setBody: {constant: "%s"}
        """
        .formatted(text);
  }

  @Test
  void aPolicyIsThereBeforeTheRoutesThatUseIt() {
    assertThat(hub.ask("a")).isEqualTo("calm");
    assertThat(hub.loader.files()).allMatch(f -> f.state() == RouteFile.State.LOADED);
  }

  @Test
  void aChangedPolicyReachesTheRoutesThatUseItAndNoOther() {
    var steady = hub.context.getRoute("steady");
    hub.write(POLICY, policy("setBody: {constant: calmer}"));
    hub.awaitAnswer("a", "calmer");
    assertThat(hub.context.getRoute("steady")).isSameAs(steady);
  }

  @Test
  void aBadPolicyLeavesTheOldOneInForce() {
    hub.write(POLICY, policy("to: 'direct:x?wrong=1'"));
    hub.awaitRefusal(POLICY);
    assertThat(hub.ask("a")).isEqualTo("calm");
    hub.write(POLICY, policy("to: 'nowhere:x'"));
    await().atMost(SOON).until(() -> hub.file(POLICY).summary().contains("nowhere"));
    assertThat(hub.ask("a")).isEqualTo("calm");
    assertThat(hub.file(POLICY).line()).isEqualTo(8);
  }

  @Test
  void aPolicyInUseOutlivesItsFile() throws IOException {
    hub.delete(POLICY);
    hub.awaitRefusal(POLICY);
    assertThat(hub.ask("a")).isEqualTo("calm");
    await().atMost(SOON).until(() -> hub.file(POLICY).summary().contains("a.camel.yaml"));
    hub.delete("a.camel.yaml");
    await().atMost(SOON).until(() -> hub.news.contains("removed " + POLICY));
    assertThat(hub.model().getRouteConfigurationDefinition("calm")).isNull();
  }

  @Test
  void aChangedKameletReachesTheRoutesThatUseIt() {
    assertThat(hub.ask("k")).isEqualTo("hi 1");
    assertThat(hub.ask("e")).isEqualTo("ho 1");
    int routes = hub.context.getRoutesSize();
    hub.write(KAMELET, kamelet("{{word}} 2"));
    hub.awaitAnswer("k", "hi 2");
    hub.awaitAnswer("e", "ho 2");
    assertThat(hub.context.getRoutesSize()).isEqualTo(routes);
  }

  @Test
  void aBadKameletLeavesTheOldOneInForce() {
    hub.write(KAMELET, kamelet("{{wrod}} 2"));
    hub.awaitRefusal(KAMELET);
    assertThat(hub.ask("k")).isEqualTo("hi 1");
    assertThat(hub.ask("e")).isEqualTo("ho 1");
    assertThat(hub.file("k.camel.yaml").state()).isEqualTo(RouteFile.State.LOADED);
    assertThat(hub.file(KAMELET).line()).isEqualTo(13);
  }

  @Test
  void aKameletWhoseRoutesFailInCamelLeavesTheOldOneInForce() {
    hub.write(
        KAMELET, kamelet("x").replace("setBody: {constant: \"x\"}", "to: 'direct:x?wrong=1'"));
    hub.awaitRefusal(KAMELET);
    assertThat(hub.ask("k")).isEqualTo("hi 1");
    assertThat(hub.ask("e")).isEqualTo("ho 1");
    assertThat(hub.model().getRouteDefinitions()).hasSize(hub.context.getRoutesSize());
  }

  @Test
  void theRoutesMadeForAKameletGoWithTheRouteThatUsedIt() throws IOException {
    int routes = hub.context.getRoutesSize();
    hub.delete("k.camel.yaml");
    await().atMost(SOON).until(() -> hub.news.contains("removed k.camel.yaml"));
    assertThat(hub.context.getRoutesSize()).isEqualTo(routes - 2);
    assertThat(hub.model().getRouteDefinitions()).hasSize(hub.context.getRoutesSize());
  }

  @Test
  void aPolicyReachesRoutesThroughAKameletThatUsesIt() {
    String inner =
        kamelet("x")
            .replace("greet-action", "calm-source")
            .replace("required: [word]", "required: []")
            .replace(
                "from:\n      uri: kamelet:source\n      steps:\n        - setBody: {constant: \"x\"}",
                "route:\n      routeConfigurationId: calm\n      from:\n        uri: direct:inner\n        steps:\n          - to: kamelet:sink");
    hub.write("oem/calm-source.kamelet.yaml", inner);
    hub.write(
        "outer.camel.yaml",
        """
        - route:
            id: outer
            from:
              uri: kamelet:calm-source
              steps:
                - setBody: {constant: outer}
        """);
    hub.awaitAnswer("inner", "outer");
    var outer = hub.context.getRoute("outer");
    hub.write(POLICY, policy("setBody: {constant: calmer}"));
    hub.awaitAnswer("a", "calmer");
    hub.awaitAnswer("inner", "outer");
    assertThat(hub.context.getRoute("outer")).isNotSameAs(outer);
    assertThat(hub.loader.files()).allMatch(f -> f.state() == RouteFile.State.LOADED);
  }

  @Test
  void aRouteThatComesBeforeItsKameletRunsOnceThatIsThere() {
    hub.write(
        "late.camel.yaml",
        """
        - route:
            id: late
            from:
              uri: direct:late
              steps:
                - to: kamelet:late-action?word=well
        """);
    hub.awaitRefusal("late.camel.yaml");
    hub.write(
        "oem/late-action.kamelet.yaml",
        kamelet("{{word}}!").replace("greet-action", "late-action"));
    hub.awaitAnswer("late", "well!");
  }
}
