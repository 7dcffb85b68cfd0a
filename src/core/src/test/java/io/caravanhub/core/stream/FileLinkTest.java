package io.caravanhub.core.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.caravanhub.core.cloud.CloudAccess;
import io.caravanhub.core.cloud.CloudException;
import io.caravanhub.core.cloud.CloudHttp;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileLinkTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final StreamPlan PLAN =
      StreamFile.read(
          """
          type: files
          files: "*.csv"
          settled: PT0S
          messages: [{name: rows, device: "{/id}", mapping: telemetry}]
          """);

  private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(2);
  private final Heard heard = new Heard();

  @TempDir private Path folder;

  /** Commits at once, or keeps the rows in hand. */
  private static final class Heard implements StreamListener {
    private final AtomicInteger rows = new AtomicInteger();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();
    private final List<String> unread = Collections.synchronizedList(new ArrayList<>());
    private final List<Received> last = Collections.synchronizedList(new ArrayList<>());
    private volatile @Nullable CloudException why;
    private volatile boolean holds;
    private volatile @Nullable ScheduledExecutorService store;

    @Override
    public void connected(String subscribed, boolean gap) {}

    @Override
    public void received(Received message) {
      most.accumulateAndGet(open.incrementAndGet(), Math::max);
      rows.incrementAndGet();
      if (holds) {
        last.add(message);
        return;
      }
      ScheduledExecutorService to = store;
      if (to != null) {
        to.execute(
            () -> {
              open.decrementAndGet();
              message.done().run();
            });
      }
    }

    @Override
    public void unread(String reason) {
      unread.add(reason);
    }

    @Override
    public void ended(CloudException reason) {
      why = reason;
    }
  }

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  private StreamLink open() {
    heard.store = threads;
    CloudAccess access =
        new CloudAccess() {
          @Override
          public @Nullable String value(String name) {
            return Map.of("folder", "in").get(name);
          }

          @Override
          public void renew(Map<String, String> credentials) {}
        };
    LinkOptions options =
        new LinkOptions("", true, "", new InTurn(threads), threads, SOON, name -> folder);
    StreamLink link =
        StreamLinks.of(
            PLAN,
            access,
            new MessageSorter(PLAN.messages(), name -> null),
            new CloudHttp(SOON),
            Clock.systemUTC(),
            options,
            heard);
    link.open();
    return link;
  }

  private void write(String name, int rows) throws IOException {
    Path part = folder.resolve(name + ".part");
    try (Writer file = Files.newBufferedWriter(part, UTF_8)) {
      file.write("id;time;t\n");
      for (int i = 0; i < rows; i++) {
        file.write("UNIT-1;" + (1_767_225_600L + i) + ";21,5\n");
      }
    }
    Files.move(part, folder.resolve(name));
  }

  private Path done(String name) {
    return folder.resolve(".done").resolve(name);
  }

  @Test
  void aHugeFileIsReadInBatchesOfWhichEachIsCommittedBeforeTheNext() throws IOException {
    write("huge.csv", 200_000);
    try (StreamLink link = open()) {
      await().atMost(SOON).until(() -> Files.exists(done("huge.csv")));
    }
    assertThat(heard.rows.get()).isEqualTo(200_000);
    assertThat(heard.most.get()).isLessThanOrEqualTo(500);
  }

  @Test
  void aFileOfWhichNotAllIsCommittedStaysAndIsReadAgain() throws IOException {
    write("a.csv", 1_200);
    heard.holds = true;
    try (StreamLink link = open()) {
      await().atMost(SOON).until(() -> heard.rows.get() == 500);
    }
    assertThat(folder.resolve("a.csv")).exists();
    heard.holds = false;
    try (StreamLink link = open()) {
      await().atMost(SOON).until(() -> Files.exists(done("a.csv")));
    }
    assertThat(heard.rows.get()).isEqualTo(1_700);
  }

  @Test
  void aRowWithoutATimeHasTheSameOneWhenItIsReadAgain() throws IOException {
    write("a.csv", 2);
    heard.holds = true;
    for (int i = 1; i <= 2; i++) {
      int times = i;
      try (StreamLink link = open()) {
        await().atMost(SOON).until(() -> heard.last.size() == 2 * times);
      }
    }
    assertThat(heard.last.get(0).topic()).isEqualTo("a.csv/2");
    List<Long> times =
        heard.last.stream().map(m -> Objects.requireNonNull(m.place()).micros()).toList();
    assertThat(times.subList(0, 2)).isEqualTo(times.subList(2, 4)).doesNotHaveDuplicates();
  }

  @Test
  void aFileThatCannotBeReadIsPutAsideWithItsReason() throws IOException {
    Files.writeString(folder.resolve("empty.csv"), "");
    write("good.csv", 3);
    try (StreamLink link = open()) {
      await().atMost(SOON).until(() -> Files.exists(done("good.csv")));
      await().atMost(SOON).until(() -> !heard.unread.isEmpty());
    }
    assertThat(folder.resolve(".failed/empty.csv")).exists();
    assertThat(folder.resolve(".failed/empty.csv.reason.txt"))
        .content()
        .contains("line 1: expected a header");
    assertThat(heard.why).isNull();
  }

  @Test
  void aSymbolicLinkIsNotFollowed(@TempDir Path outside) throws IOException {
    Files.writeString(outside.resolve("secret.csv"), "id\nX\n");
    Files.createSymbolicLink(folder.resolve("link.csv"), outside.resolve("secret.csv"));
    try (StreamLink link = open()) {
      await().atMost(SOON).until(() -> Files.exists(folder.resolve(".failed/link.csv.reason.txt")));
    }
    assertThat(heard.rows.get()).isZero();
    assertThat(outside.resolve("secret.csv")).exists();
  }

  @Test
  void aFolderThatIsGoneEndsTheStreamWithoutNamingItsPath() throws IOException {
    Files.delete(folder);
    try (StreamLink link = open()) {
      await().atMost(SOON).until(() -> heard.why != null);
    }
    assertThat(String.valueOf(heard.why))
        .contains("the folder cannot be read or written")
        .doesNotContain(folder.toString());
    Files.createDirectory(folder);
  }
}
