package io.caravanhub.sim.bacnet;

import io.caravanhub.sim.plant.RooftopUnit;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A rooftop unit's BACnet/IP card on the loopback interface (ANSI/ASHRAE 135-2020, Annex J):
 * Who-Is, ReadProperty and ReadPropertyMultiple with answers in segments, SubscribeCOV,
 * WriteProperty of the filter's alarm limit, and an intrinsic out-of-range alarm of the filter. One
 * thread.
 */
public final class RooftopBacnetServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RooftopBacnetServer.class);
  private static final int TICK_MILLIS = 100;

  private final DatagramSocket socket;
  private final RooftopObjects objects;
  private final Segments segments = new Segments(this::send);
  private final Changes changes;
  private final FilterAlarm alarm;
  private final PropertyServices properties;

  /**
   * Binds and starts it.
   *
   * @param instance of its device object
   * @param wantedPort 0 for a free one
   */
  public RooftopBacnetServer(RooftopUnit unit, int instance, int wantedPort) throws IOException {
    try {
      socket =
          new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), wantedPort));
    } catch (IOException e) {
      throw new IOException("UDP port " + wantedPort + " on 127.0.0.1 is in use", e);
    }
    socket.setSoTimeout(TICK_MILLIS);
    objects = new RooftopObjects(instance, unit);
    changes = new Changes(objects, this::send);
    alarm = new FilterAlarm(objects, changes::subscribers, this::send);
    properties = new PropertyServices(objects);
    Thread thread = new Thread(this::run, "sim-bacnet");
    thread.setDaemon(true);
    thread.start();
  }

  /** Where clients send, {@code host:port}. */
  public String address() {
    return "127.0.0.1:" + socket.getLocalPort();
  }

  /** Instance of its device object. */
  public int instance() {
    return objects.instance();
  }

  private void run() {
    byte[] buffer = new byte[2048];
    while (!socket.isClosed()) {
      try {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        socket.receive(packet);
        received(
            (InetSocketAddress) packet.getSocketAddress(),
            Arrays.copyOf(buffer, packet.getLength()));
      } catch (SocketTimeoutException idle) {
        tick();
      } catch (IllegalArgumentException
          | IndexOutOfBoundsException
          | java.nio.BufferUnderflowException e) {
        LOG.debug("a packet is ignored: {}", e.toString());
      } catch (IOException e) {
        if (!socket.isClosed()) {
          LOG.warn("a packet is ignored: {}", e.toString());
        }
      }
    }
  }

  private void tick() {
    alarm.look();
    changes.look();
    segments.repeat();
  }

  private void received(InetSocketAddress from, byte[] packet) {
    boolean forMe =
        packet.length > 6
            && (packet[0] & 0xFF) == 0x81
            && (packet[1] == 0x0A || packet[1] == 0x0B)
            && packet[4] == 1
            && (packet[5] & 0x80) == 0;
    if (!forMe) {
      return;
    }
    int apdu = 6;
    if ((packet[5] & 0x20) != 0) {
      apdu += 3 + (packet[apdu + 2] & 0xFF) + 1;
    }
    switch (packet[apdu] >> 4 & 0xF) {
      case 0 -> confirmed(from, packet, apdu);
      case 1 -> {
        if (packet[apdu + 1] == 8) {
          whoIs(from, new Request(packet, apdu + 2));
        }
      }
      case 4 ->
          segments.acknowledged(
              from, packet[apdu + 1] & 0xFF, packet[apdu + 2] & 0xFF, packet[apdu + 3] & 0xFF);
      default -> LOG.trace("nothing to do");
    }
    tick();
  }

  private void whoIs(InetSocketAddress from, Request range) {
    int me = objects.instance();
    if (range.atEnd() || (range.number(0) <= me && range.number(1) >= me)) {
      send(
          from,
          new Octets()
              .add(0x10, 0)
              .object(objects.device())
              .unsigned(RooftopObjects.MAX_APDU)
              .enumerated(1)
              .unsigned(555)
              .all());
    }
  }

  private void confirmed(InetSocketAddress from, byte[] packet, int apdu) {
    int invokeId = packet[apdu + 2] & 0xFF;
    int service = packet[apdu + 3] & 0xFF;
    Request request = new Request(packet, apdu + 4);
    try {
      byte[] answer =
          switch (service) {
            case 0 -> alarm.acknowledge(request);
            case 5 -> changes.subscribe(from, request);
            case 12 -> properties.read(request);
            case 14 -> properties.readMultiple(request);
            case 15 -> properties.write(request);
            case 29 -> alarm.summary();
            default -> throw new Refusal(0x60, 9, 0);
          };
      if (answer.length == 0) {
        send(from, new Octets().add(0x20, invokeId, service).all());
      } else {
        segments.answer(from, invokeId, service, answer);
      }
    } catch (Refusal refusal) {
      send(from, refusal.apdu(invokeId, service));
    } catch (IllegalArgumentException | java.nio.BufferUnderflowException e) {
      // invalid-tag (clause 18.9.4)
      send(from, new Octets().add(0x60, invokeId, 4).all());
    }
  }

  private void send(InetSocketAddress to, byte[] apdu) {
    int length = apdu.length + 6;
    byte[] packet = new Octets().add(0x81, 0x0A, length >> 8, length, 1, 0).add(apdu).all();
    try {
      socket.send(new DatagramPacket(packet, packet.length, to));
    } catch (IOException e) {
      LOG.debug("to {}: {}", to, e.toString());
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}
