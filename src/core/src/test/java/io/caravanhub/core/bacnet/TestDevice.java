package io.caravanhub.core.bacnet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** A device on the loopback interface that behaves as well or as badly as a test wants. */
public final class TestDevice implements AutoCloseable {
  private static final int SEGMENT = 40;

  public volatile int instance;
  public volatile boolean silent;
  public volatile boolean knowsMultiple = true;
  public volatile boolean knowsCov = true;
  public volatile boolean tellsChanges = true;
  public volatile boolean knowsSummaries = true;
  public volatile boolean neverEnds;
  public volatile boolean answersSummaries = true;
  public volatile boolean segments;
  public volatile boolean greedyIAm;
  public volatile int longestAnswer = 1400;

  /** Happens when the device is asked which alarms stand, before it answers. */
  public volatile Runnable onSummaries = () -> {};

  /** Does something to each packet before it goes out; null loses it. */
  public volatile UnaryOperator<byte[]> mangle = packet -> packet;

  public final AtomicInteger requests = new AtomicInteger();
  public final AtomicInteger multiples = new AtomicInteger();
  public final List<Apdu> heard = new CopyOnWriteArrayList<>();
  public final Map<ObjectId, Map<Integer, List<BacnetValue>>> objects = new ConcurrentHashMap<>();

  /** Event states of objects in alarm, as a summary has them; their priority is 100. */
  public final Map<ObjectId, Integer> alarms = new ConcurrentHashMap<>();

  /** Who asked last. */
  public volatile InetSocketAddress asker;

  private final Map<String, Subscription> subscriptions = new ConcurrentHashMap<>();
  private final DatagramSocket socket;
  private final AtomicInteger acknowledged = new AtomicInteger();
  private volatile Sending sending;

  private record Subscription(InetSocketAddress to, long process, ObjectId object) {}

  /** An answer under way in segments. */
  private record Sending(InetSocketAddress to, int invokeId, int service, byte[] content) {}

  public TestDevice(int instance) {
    this.instance = instance;
    try {
      socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    } catch (SocketException e) {
      throw new UncheckedIOException(e);
    }
    Thread thread = new Thread(this::run, "test-device-" + instance);
    thread.setDaemon(true);
    thread.start();
  }

  public InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), socket.getLocalPort());
  }

  public String hostAndPort() {
    return "127.0.0.1:" + socket.getLocalPort();
  }

  /** Adds an analog input with a present value and good status flags. */
  public ObjectId analog(int number, float value) {
    ObjectId id = new ObjectId(0, number);
    set(id, BacnetProperty.OBJECT_NAME, new BacnetValue.Text("AI-" + number));
    set(id, BacnetProperty.UNITS, new BacnetValue.Enumerated(62));
    set(id, BacnetProperty.STATUS_FLAGS, new BacnetValue.Bits("0000"));
    set(id, BacnetProperty.PRESENT_VALUE, new BacnetValue.Real(value));
    return id;
  }

  public void set(ObjectId object, int property, BacnetValue... values) {
    objects.computeIfAbsent(object, id -> new ConcurrentHashMap<>()).put(property, List.of(values));
    if (tellsChanges && property != BacnetProperty.OBJECT_NAME) {
      subscriptions.values().stream()
          .filter(subscription -> subscription.object().equals(object))
          .forEach(this::tell);
    }
  }

  /** Sends an I-Am from here. */
  public void iAm(InetSocketAddress to) {
    byte[] content =
        new TagWriter()
            .application(ObjectId.device(instance))
            .application(new BacnetValue.Unsigned(1476))
            .application(new BacnetValue.Enumerated(segments ? 0 : 3))
            .application(new BacnetValue.Unsigned(7))
            .octets();
    send(to, new Apdu.UnconfirmedRequest(Service.I_AM, content));
  }

  public void send(InetSocketAddress to, Apdu apdu) {
    Npdu npdu = new Npdu(false, false, 0, "", 0, "", apdu.encode());
    raw(to, Bvlc.of(Bvlc.ORIGINAL_UNICAST, npdu.encode()).encode());
  }

  public void raw(InetSocketAddress to, byte[] packet) {
    byte[] mangled = mangle.apply(packet);
    if (mangled == null || silent) {
      return;
    }
    try {
      socket.send(new DatagramPacket(mangled, mangled.length, to));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void run() {
    byte[] buffer = new byte[2048];
    while (!socket.isClosed()) {
      try {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        socket.receive(packet);
        byte[] content = Arrays.copyOf(buffer, packet.getLength());
        if (!silent) {
          received((InetSocketAddress) packet.getSocketAddress(), content);
        }
      } catch (IOException closing) {
        return;
      }
    }
  }

  private void received(InetSocketAddress from, byte[] packet) {
    Bvlc message = Bvlc.decode(packet);
    Apdu apdu = Apdu.decode(Npdu.decode(message.content()).content());
    heard.add(apdu);
    if (apdu instanceof Apdu.UnconfirmedRequest request && request.service() == Service.WHO_IS) {
      TagReader in = new TagReader(request.content());
      boolean asked = in.atEnd() || (in.unsigned(0) <= instance && in.unsigned(1) >= instance);
      if (asked || greedyIAm) {
        iAm(from);
      }
    } else if (apdu instanceof Apdu.ConfirmedRequest request) {
      requests.incrementAndGet();
      asker = from;
      answer(from, request);
    } else if (apdu instanceof Apdu.SegmentAck ack && sending != null) {
      if ((ack.sequence() + 1) * SEGMENT >= sending.content().length) {
        sending = null;
      } else {
        segments(ack.sequence() + 1, ack.window());
      }
    }
  }

  private void answer(InetSocketAddress from, Apdu.ConfirmedRequest request) {
    TagReader in = new TagReader(request.content());
    int id = request.invokeId();
    switch (request.service()) {
      case Service.READ_PROPERTY -> {
        PropertyReference asked = reference(in.objectId(0), 1, in);
        List<BacnetValue> values = values(asked);
        if (values == null) {
          send(from, new Apdu.Failure(id, request.service(), unknown(asked)));
        } else {
          TagWriter out =
              new TagWriter().objectId(0, real(asked.object())).unsigned(1, asked.property());
          if (asked.index() != null) {
            out.unsigned(2, asked.index());
          }
          out.open(3);
          values.forEach(out::application);
          acknowledge(from, id, request.service(), out.close(3).octets());
        }
      }
      case Service.READ_PROPERTY_MULTIPLE -> {
        multiples.incrementAndGet();
        if (!knowsMultiple) {
          send(from, new Apdu.Reject(id, 9));
        } else {
          acknowledge(from, id, request.service(), multiple(in));
        }
      }
      case Service.WRITE_PROPERTY -> {
        PropertyReference written = reference(in.objectId(0), 1, in);
        in.open(3);
        BacnetValue value = in.value();
        set(written.object(), written.property(), value);
        send(from, new Apdu.SimpleAck(id, request.service()));
      }
      case Service.SUBSCRIBE_COV -> subscribe(from, request, in);
      case Service.GET_EVENT_INFORMATION -> {
        onSummaries.run();
        if (!answersSummaries) {
          return;
        }
        if (knowsSummaries) {
          acknowledge(from, id, request.service(), summaries());
        } else {
          send(from, new Apdu.Reject(id, 9));
        }
      }
      default -> send(from, new Apdu.Reject(id, 9));
    }
  }

  private void subscribe(InetSocketAddress from, Apdu.ConfirmedRequest request, TagReader in) {
    if (!knowsCov) {
      byte[] refused =
          new TagWriter()
              .application(new BacnetValue.Enumerated(5))
              .application(new BacnetValue.Enumerated(45))
              .octets();
      send(from, new Apdu.Failure(request.invokeId(), request.service(), refused));
      return;
    }
    Subscription subscription = new Subscription(from, in.unsigned(0), in.objectId(1));
    send(from, new Apdu.SimpleAck(request.invokeId(), request.service()));
    String key = from + " " + subscription.process();
    if (in.atEnd()) {
      subscriptions.remove(key);
    } else {
      subscriptions.put(key, subscription);
      if (tellsChanges) {
        tell(subscription);
      }
    }
  }

  private byte[] summaries() {
    TagWriter out = new TagWriter().open(0);
    alarms.forEach(
        (object, state) -> {
          out.objectId(0, object).unsigned(1, state).application(bits(2, "011")).open(3);
          for (int transition = 0; transition < 3; transition++) {
            out.unsigned(1, 1);
          }
          out.close(3).unsigned(4, 0).application(bits(5, "111")).open(6);
          for (int transition = 0; transition < 3; transition++) {
            out.application(new BacnetValue.Unsigned(100));
          }
          out.close(6);
        });
    return out.close(0).bool(1, neverEnds).octets();
  }

  private static BacnetValue bits(int tag, String bits) {
    return new BacnetValue.Context(
        tag, String.format("05%02x", Integer.parseInt(bits + "00000", 2)));
  }

  /**
   * Tells a transition to whoever asked last (clause 13.8).
   *
   * @param number of the transition, its time stamp
   */
  public void tellEvent(int invokeId, ObjectId object, int number, int from, int to) {
    byte[] event =
        new TagWriter()
            .unsigned(0, 1)
            .objectId(1, ObjectId.device(instance))
            .objectId(2, object)
            .open(3)
            .unsigned(1, number)
            .close(3)
            .unsigned(4, 4)
            .unsigned(5, to == 0 ? 200 : 100)
            .unsigned(6, 5)
            .text(7, to == 0 ? "all is well" : "too warm")
            .unsigned(8, 0)
            .bool(9, true)
            .unsigned(10, from)
            .unsigned(11, to)
            .octets();
    send(
        asker,
        new Apdu.ConfirmedRequest(
            false, 0, 5, invokeId, Service.CONFIRMED_EVENT_NOTIFICATION, event));
  }

  /** How often a confirmed notification was acknowledged. */
  public long acknowledgements(int invokeId) {
    return heard.stream()
        .filter(new Apdu.SimpleAck(invokeId, Service.CONFIRMED_EVENT_NOTIFICATION)::equals)
        .count();
  }

  public int subscribers() {
    return subscriptions.size();
  }

  private void tell(Subscription subscription) {
    TagWriter out =
        new TagWriter()
            .unsigned(0, subscription.process())
            .objectId(1, ObjectId.device(instance))
            .objectId(2, subscription.object())
            .unsigned(3, 60)
            .open(4);
    Map<Integer, List<BacnetValue>> object = objects.get(subscription.object());
    for (int property : Set.of(BacnetProperty.PRESENT_VALUE, BacnetProperty.STATUS_FLAGS)) {
      if (object.containsKey(property)) {
        out.unsigned(0, property).open(2);
        object.get(property).forEach(out::application);
        out.close(2);
      }
    }
    send(
        subscription.to(),
        new Apdu.UnconfirmedRequest(Service.UNCONFIRMED_COV_NOTIFICATION, out.close(4).octets()));
  }

  private byte[] multiple(TagReader in) {
    TagWriter out = new TagWriter();
    while (!in.atEnd()) {
      ObjectId object = in.objectId(0);
      out.objectId(0, real(object)).open(1);
      in.open(1);
      while (!in.nextCloses(1)) {
        PropertyReference asked = reference(object, 0, in);
        out.unsigned(2, asked.property());
        if (asked.index() != null) {
          out.unsigned(3, asked.index());
        }
        List<BacnetValue> values = values(asked);
        out.open(values == null ? 5 : 4);
        if (values == null) {
          out.application(new BacnetValue.Enumerated(1))
              .application(new BacnetValue.Enumerated(31));
        } else {
          values.forEach(out::application);
        }
        out.close(values == null ? 5 : 4);
      }
      in.close(1);
      out.close(1);
    }
    return out.octets();
  }

  private static PropertyReference reference(ObjectId object, int tag, TagReader in) {
    int property = (int) in.unsigned(tag);
    return new PropertyReference(
        object, property, in.nextIs(tag + 1) ? (Integer) (int) in.unsigned(tag + 1) : null);
  }

  private ObjectId real(ObjectId object) {
    return object.type() == 8 && object.instance() == ObjectId.ANY_INSTANCE
        ? ObjectId.device(instance)
        : object;
  }

  private List<BacnetValue> values(PropertyReference asked) {
    ObjectId object = real(asked.object());
    List<BacnetValue> values =
        object.equals(ObjectId.device(instance))
            ? own(asked.property())
            : objects.getOrDefault(object, Map.of()).get(asked.property());
    if (values == null || asked.index() == null) {
      return values;
    }
    return asked.index() == 0
        ? List.of(new BacnetValue.Unsigned(values.size()))
        : List.of(values.get(asked.index() - 1));
  }

  private List<BacnetValue> own(int property) {
    return switch (property) {
      case BacnetProperty.OBJECT_IDENTIFIER -> List.of(ObjectId.device(instance));
      case BacnetProperty.MAX_APDU_LENGTH_ACCEPTED -> List.of(new BacnetValue.Unsigned(1476));
      case BacnetProperty.SEGMENTATION_SUPPORTED ->
          List.of(new BacnetValue.Enumerated(segments ? 0 : 3));
      case BacnetProperty.OBJECT_LIST -> {
        List<BacnetValue> list = new ArrayList<>(List.of(ObjectId.device(instance)));
        objects.keySet().stream()
            .sorted(java.util.Comparator.comparing(ObjectId::bits))
            .forEach(list::add);
        yield list;
      }
      default -> null;
    };
  }

  private byte[] unknown(PropertyReference asked) {
    boolean object = !objects.containsKey(asked.object());
    return new TagWriter()
        .application(new BacnetValue.Enumerated(object ? 1 : 2))
        .application(new BacnetValue.Enumerated(object ? 31 : 32))
        .octets();
  }

  private void acknowledge(InetSocketAddress to, int invokeId, int service, byte[] content) {
    if (content.length <= longestAnswer) {
      send(to, new Apdu.ComplexAck(false, false, invokeId, 0, 0, service, content));
    } else if (!segments) {
      send(to, new Apdu.Abort(true, invokeId, 4));
    } else {
      sending = new Sending(to, invokeId, service, content);
      segments(0, 1);
    }
  }

  // Repeats a window that nobody acknowledges (clause 5.4.5.3).
  private void segments(int first, int window) {
    Sending now = sending;
    int acks = acknowledged.incrementAndGet();
    CompletableFuture.delayedExecutor(60, TimeUnit.MILLISECONDS)
        .execute(
            () -> {
              if (acks == acknowledged.get() && now == sending && !socket.isClosed()) {
                segments(first, window);
              }
            });
    int count = (now.content().length + SEGMENT - 1) / SEGMENT;
    for (int i = first; i < Math.min(count, first + window); i++) {
      send(
          now.to(),
          new Apdu.ComplexAck(
              true,
              i < count - 1,
              now.invokeId(),
              i,
              4,
              now.service(),
              Arrays.copyOfRange(
                  now.content(), i * SEGMENT, Math.min(now.content().length, (i + 1) * SEGMENT))));
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}
