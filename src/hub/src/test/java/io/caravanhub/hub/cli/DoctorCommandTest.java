package io.caravanhub.hub.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.TestDatabase;
import io.caravanhub.hub.settings.Settings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the doctor says of a hub that runs. */
class DoctorCommandTest {
  private final RunningHub hub = RunningHub.get();

  @TempDir private Path folder;

  private String examine(String kafka) throws IOException, InterruptedException {
    return examine(kafka, hub.uri("/").getPort());
  }

  private String examine(String kafka, int port) throws IOException, InterruptedException {
    Settings settings =
        Settings.load(
            Map.of(
                "HUB_HOME", hub.home().toString(),
                "HUB_HTTP_PORT", Integer.toString(port),
                "HUB_KAFKA", kafka),
            folder.resolve("hub.yaml"),
            TestDatabase.root());
    PrintStream screen = System.out;
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    System.setOut(new PrintStream(said, true));
    try {
      new DoctorCommand().examine(settings);
    } finally {
      System.setOut(screen);
    }
    return said.toString();
  }

  @Test
  void aKafkaThatDoesNotAnswerIsWrong() throws Exception {
    int nobody;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = socket.getLocalPort();
      assertThat(examine("127.0.0.1:" + nobody)).contains("ok     kafka      127.0.0.1:" + nobody);
    }
    assertThat(examine("127.0.0.1:" + nobody))
        .contains("ok     hub        running at")
        .containsPattern("WRONG {2}kafka +127.0.0.1:" + nobody + ": .*refused")
        .contains("correct HUB_KAFKA");
    assertThat(examine("kafka")).containsPattern("WRONG {2}kafka +kafka: expected host:port");
  }

  @Test
  void aHubThatRunsAndIsNotWellSaysWhatIsNot() throws Exception {
    // Details are for a token that is known, which this one then is.
    assertThat(examine("127.0.0.1:1")).contains("ok     hub ");
    hub.toDatabase().refuse();
    hub.toDatabase().cut();
    try {
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(
              () ->
                  assertThat(examine("127.0.0.1:1"))
                      .containsPattern("WRONG {2}hub +running at .*, not well: .*db \\(reason=")
                      .doesNotContain("is busy"));
    } finally {
      hub.databaseIsBack();
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() -> assertThat(examine("127.0.0.1:1")).contains("ok     hub "));
    }
  }

  @Test
  void aProgramThatIsNoHubIsNotTakenForOne() throws Exception {
    HttpServer other =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    other.start();
    try {
      assertThat(examine("127.0.0.1:1", other.getAddress().getPort()))
          .contains("ok     hub        not running")
          .contains("is busy");
    } finally {
      other.stop(0);
    }
  }
}
