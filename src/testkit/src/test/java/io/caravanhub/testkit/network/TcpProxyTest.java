package io.caravanhub.testkit.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TcpProxyTest {
  private ServerSocket echo;
  private TcpProxy proxy;

  @BeforeEach
  void start() throws IOException {
    echo = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread thread = new Thread(this::serve, "echo");
    thread.setDaemon(true);
    thread.start();
    proxy = new TcpProxy("127.0.0.1", echo.getLocalPort());
  }

  @AfterEach
  void stop() throws IOException {
    proxy.close();
    echo.close();
  }

  private void serve() {
    while (!echo.isClosed()) {
      try {
        Socket socket = echo.accept();
        Thread thread =
            new Thread(
                () -> {
                  try (socket) {
                    socket.getInputStream().transferTo(socket.getOutputStream());
                  } catch (IOException e) {
                    // The client is gone.
                  }
                });
        thread.setDaemon(true);
        thread.start();
      } catch (IOException e) {
        return;
      }
    }
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket("127.0.0.1", proxy.port());
    socket.setSoTimeout(400);
    return socket;
  }

  private static int echo(Socket socket, int value) throws IOException {
    socket.getOutputStream().write(value);
    return socket.getInputStream().read();
  }

  @Test
  void bytesPassBothWays() throws IOException {
    try (Socket socket = connect()) {
      assertThat(echo(socket, 7)).isEqualTo(7);
      assertThat(proxy.connections()).isEqualTo(1);
    }
  }

  @Test
  void aCutEndsOpenConnectionsAndTakesNewOnes() throws IOException {
    try (Socket socket = connect()) {
      assertThat(echo(socket, 7)).isEqualTo(7);
      proxy.cut();
      assertThat(ends(socket)).isTrue();
    }
    try (Socket socket = connect()) {
      assertThat(echo(socket, 8)).isEqualTo(8);
    }
  }

  @Test
  void aStallKeepsConnectionsAndPassesNothingUntilItIsRestored() throws IOException {
    try (Socket socket = connect()) {
      assertThat(echo(socket, 7)).isEqualTo(7);
      proxy.stall();
      assertThatThrownBy(() -> echo(socket, 8)).isInstanceOf(SocketTimeoutException.class);
      proxy.restore();
      assertThat(socket.getInputStream().read()).isEqualTo(8);
    }
  }

  @Test
  void whatIsSwallowedIsGoneAndItsConnectionGoesOn() throws IOException {
    try (Socket socket = connect()) {
      assertThat(echo(socket, 7)).isEqualTo(7);
      proxy.swallow();
      assertThatThrownBy(() -> echo(socket, 8)).isInstanceOf(SocketTimeoutException.class);
      proxy.restore();
      assertThat(echo(socket, 9)).isEqualTo(9);
    }
  }

  @Test
  void aSlowLineTakesItsTime() throws IOException {
    proxy.slow(10);
    try (Socket socket = connect()) {
      long before = System.nanoTime();
      assertThat(echo(socket, 7)).isEqualTo(7);
      assertThat(Duration.ofNanos(System.nanoTime() - before))
          .isGreaterThan(Duration.ofMillis(190));
    }
  }

  @Test
  void refusingEndsNewConnectionsToo() throws IOException {
    proxy.refuse();
    try (Socket socket = connect()) {
      assertThat(ends(socket)).isTrue();
    }
    proxy.restore();
    try (Socket socket = connect()) {
      assertThat(echo(socket, 8)).isEqualTo(8);
    }
  }

  @Test
  void aDelayHoldsBytesBack() throws IOException {
    proxy.delay(Duration.ofMillis(100));
    try (Socket socket = connect()) {
      long before = System.nanoTime();
      assertThat(echo(socket, 7)).isEqualTo(7);
      assertThat(Duration.ofNanos(System.nanoTime() - before))
          .isGreaterThan(Duration.ofMillis(190));
    }
  }

  private static boolean ends(Socket socket) {
    try {
      return socket.getInputStream().read() < 0;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }
}
