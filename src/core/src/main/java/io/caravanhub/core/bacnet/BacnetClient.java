package io.caravanhub.core.bacnet;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client of BACnet/IP devices (ANSI/ASHRAE 135-2020, Annex J) over one UDP socket and two
 * threads, however many devices there are. It offers no objects of its own and therefore answers no
 * Who-Is. Packets that cannot be read are counted and ignored. Safe for many threads.
 */
public final class BacnetClient implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BacnetClient.class);
  private static final int MOST_SUBSCRIPTIONS = 100_000;

  // Not a DatagramChannel: that is closed for all when one interrupted thread sends.
  private final DatagramSocket socket;
  private final ScheduledExecutorService clock;
  private final BacnetSettings settings;
  private final BacnetCounts counts = new BacnetCounts();
  private final Discovery discovery = new Discovery(counts);
  private final Transactions transactions;
  private final Map<InetSocketAddress, ForeignDevice> foreign = new ConcurrentHashMap<>();
  private final Set<InetSocketAddress> broadcasts = ConcurrentHashMap.newKeySet();
  private final Map<BacnetAddress, Integer> groupSizes = new ConcurrentHashMap<>();
  private final Map<Long, CovSubscription> subscriptions = new ConcurrentHashMap<>();
  private final EventListeners events = new EventListeners();
  private final AtomicLong nextProcess = new AtomicLong();

  private BacnetClient(DatagramSocket socket, BacnetSettings settings) {
    this.socket = socket;
    this.settings = settings;
    ScheduledThreadPoolExecutor timers =
        new ScheduledThreadPoolExecutor(1, work -> thread(work, "bacnet-clock"));
    timers.setRemoveOnCancelPolicy(true);
    clock = timers;
    transactions = new Transactions(settings, counts, clock, this::send);
  }

  /**
   * Opens the socket and begins to receive.
   *
   * @throws IOException naming the address when it cannot be had
   */
  public static BacnetClient open(BacnetSettings settings) throws IOException {
    DatagramSocket socket = new DatagramSocket(null);
    try {
      socket.setBroadcast(true);
      socket.setReceiveBufferSize(1 << 20);
      socket.bind(settings.bind());
    } catch (IOException e) {
      socket.close();
      throw new IOException("UDP " + settings.bind() + " cannot be had: " + e.getMessage(), e);
    }
    BacnetClient client = new BacnetClient(socket, settings);
    thread(client::receive, "bacnet-receive").start();
    return client;
  }

  /** The local port. */
  public int port() {
    return socket.getLocalPort();
  }

  /** What went over the socket. */
  public BacnetCounts counts() {
    return counts;
  }

  /** Device instances that more than one address has claimed. */
  public List<Integer> doubledInstances() {
    return discovery.doubled();
  }

  /**
   * Asks who is there (clause 16.10).
   *
   * @param to a device, a broadcast address, a BBMD at which this client is registered, or a
   *     network behind a router
   * @param low lowest instance to answer, or null for all
   * @param high highest instance to answer, or null for all
   * @param wait how long answers are gathered
   * @return who answered in that time, each once
   */
  public CompletableFuture<List<IAm>> whoIs(
      BacnetAddress to, @Nullable Integer low, @Nullable Integer high, Duration wait) {
    List<IAm> heard = new CopyOnWriteArrayList<>();
    Runnable stop =
        discovery.listen(
            device -> {
              boolean asked = low == null || high == null || within(device.instance(), low, high);
              boolean fresh =
                  heard.stream()
                      .noneMatch(
                          other ->
                              other.instance() == device.instance()
                                  && other.address().sameDevice(device.address()));
              if (asked && fresh && heard.size() < 10_000) {
                heard.add(device);
              }
            });
    CompletableFuture<List<IAm>> answer = new CompletableFuture<>();
    broadcast(to, new Apdu.UnconfirmedRequest(Service.WHO_IS, IAm.whoIs(low, high)));
    after(
        wait,
        () -> {
          stop.run();
          answer.complete(new ArrayList<>(heard));
        },
        answer);
    return answer;
  }

  /**
   * Finds a device by its instance.
   *
   * @return it; fails when nobody or more than one address claims the instance
   */
  public CompletableFuture<IAm> find(BacnetAddress to, int instance, Duration wait) {
    return whoIs(to, instance, instance, wait)
        .thenCompose(
            heard -> {
              if (heard.size() == 1) {
                return CompletableFuture.completedFuture(heard.get(0));
              }
              return BacnetDevice.failed(
                  BacnetException.answer(
                      heard.isEmpty()
                          ? "no I-Am of device " + instance + " came from " + to
                          : "device "
                              + instance
                              + " is claimed by "
                              + heard.get(0).address()
                              + " and by "
                              + heard.get(1).address()
                              + ": give the address of the one that is meant"));
            });
  }

  /**
   * Asks the device at an address who it is, without Who-Is: by the instance that stands for any
   * (clause 15.5.1.1.1), then by what it supports.
   */
  public CompletableFuture<IAm> identify(BacnetAddress at) {
    BacnetDevice unknown = new BacnetDevice(this, new IAm(at, ObjectId.ANY_INSTANCE, 206, 3, 0));
    return unknown
        .read(
            PropertyReference.of(
                ObjectId.device(ObjectId.ANY_INSTANCE), BacnetProperty.OBJECT_IDENTIFIER))
        .thenCompose(
            values ->
                values.size() == 1
                        && values.get(0) instanceof ObjectId id
                        && id.type() == ObjectId.DEVICE
                    ? identify(at, id.instance())
                    : BacnetDevice.failed(
                        BacnetException.answer("the device gave no identifier: " + values)));
  }

  /** Asks the device at an address what it supports; fails when it is not this instance. */
  public CompletableFuture<IAm> identify(BacnetAddress at, int instance) {
    BacnetDevice unknown = new BacnetDevice(this, new IAm(at, instance, 206, 3, 0));
    ObjectId self = ObjectId.device(instance);
    return unknown
        .read(
            List.of(
                PropertyReference.of(self, BacnetProperty.OBJECT_IDENTIFIER),
                PropertyReference.of(self, BacnetProperty.MAX_APDU_LENGTH_ACCEPTED),
                PropertyReference.of(self, BacnetProperty.SEGMENTATION_SUPPORTED)))
        .thenCompose(
            results -> {
              if (results.get(0).error() != null
                  || !results.get(0).values().equals(List.of(self))) {
                return BacnetDevice.failed(
                    BacnetException.answer("what answers at " + at + " is not device " + instance));
              }
              int maxApdu =
                  results.get(1).value().orElse(null) instanceof BacnetValue.Unsigned number
                      ? (int) Math.max(50, Math.min(number.value(), 1476))
                      : 206;
              int segmentation =
                  results.get(2).value().orElse(null) instanceof BacnetValue.Enumerated number
                      ? (int) number.value()
                      : 3;
              return CompletableFuture.completedFuture(
                  new IAm(at, instance, maxApdu, segmentation, 0));
            });
  }

  /** A device that is known, for requests to it. */
  public BacnetDevice device(IAm identity) {
    return new BacnetDevice(this, identity);
  }

  /**
   * Registers with a BBMD, once for each; a further call gives the same registration.
   *
   * @param seconds how long the BBMD keeps it unless renewed
   */
  public ForeignDevice registerAt(InetSocketAddress bbmd, int seconds) {
    ForeignDevice known = foreign.get(bbmd);
    if (known != null) {
      return known;
    }
    ForeignDevice fresh =
        new ForeignDevice(bbmd, seconds, clock, (to, message) -> send(to, message.encode()));
    ForeignDevice other = foreign.putIfAbsent(bbmd, fresh);
    if (other == null) {
      fresh.register();
    }
    return other == null ? fresh : other;
  }

  /**
   * Says that an address is a broadcast (clause J.2.11), which it may be without an interface of
   * this machine knowing.
   */
  public void addBroadcast(InetSocketAddress address) {
    broadcasts.add(address);
  }

  /** How many properties at a time a device could take that could not take as many as others. */
  Map<BacnetAddress, Integer> groupSizes() {
    return groupSizes;
  }

  /**
   * Hears alarms and events; the answer stops it. A confirmed notification is acknowledged when all
   * that it is for have it (clause 13.8.2); until then the device is told nothing and sends it
   * again (clause 5.4.4.3), and when it could not be kept it is told so.
   */
  public Runnable onEvent(EventListener listener) {
    return events.add(listener);
  }

  CompletableFuture<byte[]> request(BacnetAddress to, int service, byte[] content) {
    return transactions.request(to, service, content);
  }

  CovSubscription subscription(
      BacnetDevice device,
      PropertyReference watched,
      CovSubscription.CovOptions options,
      Consumer<CovNotification> listener) {
    if (subscriptions.size() >= MOST_SUBSCRIPTIONS) {
      throw new IllegalStateException(MOST_SUBSCRIPTIONS + " subscriptions already");
    }
    long process = nextProcess.incrementAndGet() & 0x3F_FFFF;
    CovSubscription subscription =
        new CovSubscription(
            process,
            device,
            watched,
            options,
            clock,
            listener,
            () -> subscriptions.remove(process));
    subscriptions.put(process, subscription);
    return subscription;
  }

  private void receive() {
    byte[] buffer = new byte[2048];
    while (!socket.isClosed()) {
      try {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        socket.receive(packet);
        counts.received.increment();
        received(
            (InetSocketAddress) packet.getSocketAddress(),
            Arrays.copyOf(buffer, packet.getLength()));
      } catch (BacnetFormatException e) {
        counts.malformed.increment();
        LOG.debug("a packet is ignored: {}", e.getMessage());
      } catch (IOException | RuntimeException e) {
        if (!socket.isClosed()) {
          counts.malformed.increment();
          LOG.warn("a packet is ignored: {}", e.toString());
        }
      }
    }
  }

  private void received(InetSocketAddress from, byte[] packet) {
    Bvlc message = Bvlc.decode(packet);
    InetSocketAddress origin = message.origin();
    switch (message.function()) {
      case Bvlc.RESULT -> {
        ForeignDevice registration = foreign.get(from);
        if (registration != null) {
          registration.result(message.result());
        }
      }
      case Bvlc.ORIGINAL_UNICAST, Bvlc.ORIGINAL_BROADCAST ->
          received(from, Npdu.decode(message.content()));
      case Bvlc.FORWARDED_NPDU ->
          received(origin == null ? from : origin, Npdu.decode(message.content()));
      default -> counts.unexpected.increment();
    }
  }

  private void received(InetSocketAddress hop, Npdu message) {
    if (message.networkMessage()) {
      return;
    }
    BacnetAddress from = new BacnetAddress(hop, message.sourceNetwork(), message.sourceMac());
    Apdu apdu = Apdu.decode(message.content());
    boolean used =
        apdu instanceof Apdu.ConfirmedRequest request
            ? confirmed(from, request)
            : apdu instanceof Apdu.UnconfirmedRequest request
                ? unconfirmed(from, request)
                : transactions.answered(from, apdu);
    if (!used) {
      counts.unexpected.increment();
    }
  }

  private boolean unconfirmed(BacnetAddress from, Apdu.UnconfirmedRequest request) {
    switch (request.service()) {
      case Service.I_AM -> discovery.heard(IAm.decode(from, request.content()));
      case Service.UNCONFIRMED_COV_NOTIFICATION -> {
        return changed(from, CovNotification.decode(request.content()));
      }
      case Service.UNCONFIRMED_EVENT_NOTIFICATION -> {
        return events.told(from, EventNotification.decode(request.content())) != null;
      }
      case Service.WHO_IS -> {}
      default -> {
        return false;
      }
    }
    return true;
  }

  private boolean confirmed(BacnetAddress from, Apdu.ConfirmedRequest request) {
    int invokeId = request.invokeId();
    if (request.segmented()) {
      send(from, false, new Apdu.Abort(true, invokeId, 4));
      return false;
    }
    switch (request.service()) {
      case Service.CONFIRMED_COV_NOTIFICATION -> {
        if (!changed(from, CovNotification.decode(request.content()))) {
          // services, unknown-subscription (clause 13.6.1.2): the device may drop it.
          byte[] error =
              new TagWriter()
                  .application(new BacnetValue.Enumerated(5))
                  .application(new BacnetValue.Enumerated(79))
                  .octets();
          send(from, false, new Apdu.Failure(invokeId, request.service(), error));
          return false;
        }
      }
      case Service.CONFIRMED_EVENT_NOTIFICATION -> {
        return event(from, invokeId, EventNotification.decode(request.content()));
      }
      default -> {
        // unrecognized-service (clause 18.9)
        send(from, false, new Apdu.Reject(invokeId, 9));
        return false;
      }
    }
    send(from, false, new Apdu.SimpleAck(invokeId, request.service()));
    return true;
  }

  private boolean changed(BacnetAddress from, CovNotification notification) {
    CovSubscription subscription = subscriptions.get(notification.process());
    return subscription != null && subscription.notified(from, notification);
  }

  private boolean event(BacnetAddress from, int invokeId, EventNotification event) {
    CompletableFuture<Void> taken = events.told(from, event);
    if (taken == null) {
      send(from, false, EventListeners.unwanted(invokeId));
      return false;
    }
    var unused =
        taken.whenComplete(
            (done, failure) ->
                send(
                    from,
                    false,
                    failure == null
                        ? new Apdu.SimpleAck(invokeId, Service.CONFIRMED_EVENT_NOTIFICATION)
                        : EventListeners.notKept(invokeId)));
    return true;
  }

  private void broadcast(BacnetAddress to, Apdu apdu) {
    byte[] npdu = Npdu.to(to, false, apdu.encode()).encode();
    int function =
        foreign.containsKey(to.hop())
            ? Bvlc.DISTRIBUTE_BROADCAST
            : isBroadcast(to.hop()) ? Bvlc.ORIGINAL_BROADCAST : Bvlc.ORIGINAL_UNICAST;
    send(to.hop(), Bvlc.of(function, npdu).encode());
  }

  boolean isBroadcast(InetSocketAddress address) {
    if (broadcasts.contains(address)
        || address.getAddress().getHostAddress().equals("255.255.255.255")) {
      return true;
    }
    try {
      return NetworkInterface.networkInterfaces()
          .flatMap(network -> network.getInterfaceAddresses().stream())
          .anyMatch(own -> address.getAddress().equals(own.getBroadcast()));
    } catch (SocketException e) {
      return false;
    }
  }

  private void send(BacnetAddress to, boolean expectsReply, Apdu apdu) {
    byte[] npdu = Npdu.to(to, expectsReply, apdu.encode()).encode();
    send(to.hop(), Bvlc.of(Bvlc.ORIGINAL_UNICAST, npdu).encode());
  }

  private void send(InetSocketAddress to, byte[] packet) {
    try {
      counts.sent.increment();
      socket.send(new DatagramPacket(packet, packet.length, to));
    } catch (IOException e) {
      // A network that is away is a packet that is lost: the time-out tells.
      LOG.debug("to {}: {}", to, e.toString());
    }
  }

  private void after(Duration wait, Runnable what, CompletableFuture<?> answer) {
    try {
      var unused = clock.schedule(what, wait.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException closing) {
      answer.completeExceptionally(BacnetException.unavailable("the client is closed"));
    }
  }

  private static boolean within(int instance, int low, int high) {
    return instance >= low && instance <= high;
  }

  private static Thread thread(Runnable work, String name) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    return thread;
  }

  /** How it behaves. */
  public BacnetSettings settings() {
    return settings;
  }

  /** Ends subscriptions and registrations, fails what is under way and closes the socket. */
  @Override
  public void close() {
    List.copyOf(subscriptions.values()).forEach(CovSubscription::close);
    foreign.values().forEach(ForeignDevice::close);
    transactions.close();
    clock.shutdownNow();
    socket.close();
  }
}
