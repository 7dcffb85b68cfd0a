package io.caravanhub.core.route;

import static io.caravanhub.core.route.RouteFilesFixture.SOON;
import static io.caravanhub.core.route.RouteFilesFixture.route;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.caravanhub.core.route.RouteFile.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.apache.camel.Route;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RouteLoaderTest {
  @TempDir Path folder;
  private RouteFilesFixture hub;

  @BeforeEach
  void start() {
    hub = new RouteFilesFixture(folder);
    hub.write("ingest/steady.camel.yaml", route("steady", "steady"));
    hub.loader.start();
  }

  @AfterEach
  void stop() {
    Route steady = hub.context.getRoute("steady");
    assertThat(steady).as("other routes are not touched").isNotNull();
    hub.close();
  }

  @Test
  void withTheOrdinaryPollAFileDroppedInRunsWithinThreeSeconds() {
    Path other = folder.resolveSibling(folder.getFileName() + "-other");
    try (RouteFilesFixture ordinary = new RouteFilesFixture(other, RouteLoader.POLL)) {
      ordinary.loader.start();
      ordinary.write("fresh.camel.yaml", route("fresh", "new"));
      ordinary.awaitAnswer("fresh", "new");
    }
  }

  @Test
  void aFileDroppedInRuns() {
    hub.write("fresh.camel.yaml", route("fresh", "new"));
    hub.awaitAnswer("fresh", "new");
    assertThat(hub.file("fresh.camel.yaml").loadedAt()).isNotNull();
  }

  @Test
  void aNameMayHaveDots() {
    hub.write("api/devices.list.camel.yaml", route("devices.list", "all"));
    hub.awaitAnswer("devices.list", "all");
  }

  @Test
  void aChangeTakesEffectAndLeavesTheOtherRoutesAlone() {
    Route steady = hub.context.getRoute("steady");
    hub.write("a.camel.yaml", route("a", "1"));
    hub.awaitAnswer("a", "1");
    hub.write("a.camel.yaml", route("a", "2"));
    hub.awaitAnswer("a", "2");
    assertThat(hub.context.getRoute("steady")).isSameAs(steady);
    assertThat(hub.context.getRoutes()).hasSize(2);
  }

  @Test
  void aDeletedFileTakesItsRouteAway() throws IOException {
    hub.write("a.camel.yaml", route("a", "1"));
    hub.awaitAnswer("a", "1");
    hub.delete("a.camel.yaml");
    await().atMost(SOON).until(() -> hub.news.contains("removed a.camel.yaml"));
    assertThat(hub.context.getRoute("a")).isNull();
    assertThat(hub.model().getRouteDefinition("a")).isNull();
    assertThat(hub.loader.files()).hasSize(1);
  }

  @Test
  void aMovedFileKeepsItsRoute() throws IOException {
    hub.write("x/a.camel.yaml", route("a", "1"));
    hub.awaitAnswer("a", "1");
    Files.createDirectories(folder.resolve("y"));
    Files.move(folder.resolve("x/a.camel.yaml"), folder.resolve("y/a.camel.yaml"));
    await().atMost(SOON).until(() -> hub.news.contains("loaded y/a.camel.yaml"));
    assertThat(hub.ask("a")).isEqualTo("1");
    assertThat(hub.news).doesNotContain("refused y/a.camel.yaml");
  }

  @Test
  void aRenamedFileIsRefusedUntilItsIdFollows() throws IOException {
    hub.write("a.camel.yaml", route("a", "1"));
    hub.awaitAnswer("a", "1");
    Files.move(folder.resolve("a.camel.yaml"), folder.resolve("b.camel.yaml"));
    hub.awaitRefusal("b.camel.yaml");
    assertThat(hub.file("b.camel.yaml").reason()).contains("expected 'b'");
    hub.write("b.camel.yaml", route("b", "2"));
    hub.awaitAnswer("b", "2");
    assertThat(hub.context.getRoute("a")).isNull();
  }

  @Test
  void ofABadChangeTheLastGoodVersionGoesOnWithoutAPause() {
    hub.write("a.camel.yaml", route("a", "1"));
    hub.awaitAnswer("a", "1");
    Route running = hub.context.getRoute("a");
    hub.write("a.camel.yaml", "- route:\n    id: a\n    from: {uri: 'nowhere:x', steps: []}\n");
    hub.awaitRefusal("a.camel.yaml");
    await().atMost(SOON).until(() -> hub.file("a.camel.yaml").state() == State.REFUSED);
    assertThat(hub.file("a.camel.yaml").routeIds()).containsExactly("a");
    assertThat(hub.context.getRoute("a")).isSameAs(running);
    assertThat(hub.ask("a")).isEqualTo("1");
  }

  @Test
  void ofAChangeThatOnlyFailsInCamelTheLastGoodVersionIsLoadedAgain() {
    hub.write("a.camel.yaml", route("a", "1"));
    hub.awaitAnswer("a", "1");
    hub.write(
        "a.camel.yaml",
        "- route:\n    id: a\n    from: {uri: 'direct:a', steps: [{to: 'direct:x?wrong=1'}]}\n");
    hub.awaitRefusal("a.camel.yaml");
    assertThat(hub.ask("a")).isEqualTo("1");
    hub.write("a.camel.yaml", route("a", "3"));
    hub.awaitAnswer("a", "3");
    await().atMost(SOON).until(() -> hub.file("a.camel.yaml").state() == State.LOADED);
  }

  @Test
  void routesThatListenInsideAreThereBeforeThoseThatListenToTheOutside() {
    Path other = folder.resolveSibling(folder.getFileName() + "-order");
    try (RouteFilesFixture ordered = new RouteFilesFixture(other)) {
      ordered.write("a.camel.yaml", route("a", "1").replace("direct:a", "outside:a"));
      ordered.write("b.camel.yaml", route("b", "2").replace("direct:b", "'{{inside}}'"));
      ordered.write("c.camel.yaml", route("c", "3"));
      ordered.loader.start();
      assertThat(ordered.context.getRoutes())
          .extracting(Route::getRouteId)
          .containsExactly("b", "c", "a");
    }
  }

  @Test
  void aRefusedChangeDoesNotDisturbTheGoodVersionWhenOtherFilesChange() {
    hub.write("a.camel.yaml", route("a", "1"));
    hub.awaitAnswer("a", "1");
    hub.write(
        "a.camel.yaml",
        "- route:\n    id: a\n    from: {uri: 'direct:a', steps: [{to: 'direct:x?wrong=1'}]}\n");
    hub.awaitRefusal("a.camel.yaml");
    Route running = hub.context.getRoute("a");
    hub.write("b.camel.yaml", route("b", "2"));
    hub.awaitAnswer("b", "2");
    assertThat(hub.context.getRoute("a")).isSameAs(running);
    assertThat(hub.news.stream().filter("refused a.camel.yaml"::equals)).hasSize(1);
  }

  @Test
  void aRefusedDuplicateRunsOnceTheOtherFileIsGone() throws IOException {
    hub.write("x/a.camel.yaml", route("a", "x"));
    hub.awaitAnswer("a", "x");
    hub.write("y/a.camel.yaml", route("a", "y"));
    hub.awaitRefusal("y/a.camel.yaml");
    hub.delete("x/a.camel.yaml");
    hub.awaitAnswer("a", "y");
  }

  @Test
  void aFileThatIsStillBeingWrittenIsLeftAlone() throws IOException {
    String text = route("slow", "whole");
    Path file = folder.resolve("slow.camel.yaml");
    for (String line : text.split("(?<=\n)")) {
      Files.writeString(file, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      long until = System.nanoTime() + 90_000_000L;
      await().pollInterval(java.time.Duration.ofMillis(10)).until(() -> System.nanoTime() > until);
    }
    hub.awaitAnswer("slow", "whole");
    assertThat(hub.news).doesNotContain("refused slow.camel.yaml");
  }

  @Test
  void theWholeFolderVanishingStopsNothing() throws IOException {
    Path away = folder.resolveSibling(folder.getFileName() + "-away");
    Files.move(folder, away);
    hub.write("seen.camel.yaml", route("seen", "again"));
    Files.createDirectories(folder.resolve("ingest"));
    Files.move(
        away.resolve("ingest/steady.camel.yaml"), folder.resolve("ingest/steady.camel.yaml"));
    hub.awaitAnswer("seen", "again");
    assertThat(hub.news).doesNotContain("removed ingest/steady.camel.yaml");
  }

  @Test
  void aFailingListenerDisturbsNobody() {
    hub.loader.listen(
        new RouteFileListener() {
          @Override
          public void loaded(RouteFile file) {
            throw new IllegalStateException("listener");
          }
        });
    hub.write("a.camel.yaml", route("a", "1"));
    hub.awaitAnswer("a", "1");
  }
}
