// A BACnet device made of the npm package bacstack, for tests. Takes commands on standard input,
// says on standard output what has come of them, a JSON value a line, and ends with its input.
'use strict';

const dgram = require('dgram');
const readline = require('readline');
const {EventEmitter} = require('events');
const Bacnet = require('bacstack');
const services = require('bacstack/lib/services');
const npdu = require('bacstack/lib/npdu');
const apdu = require('bacstack/lib/apdu');
const bvlc = require('bacstack/lib/bvlc');
const e = Bacnet.enum;

const INSTANCE = 4711;
const say = (line) => process.stdout.write(JSON.stringify(line) + '\n');

// bacstack's own transport answers to one fixed port.
class Transport extends EventEmitter {
  constructor() {
    super();
    this.socket = dgram.createSocket('udp4');
    this.socket.on('message', (packet, from) => {
      this.last = from.address + ':' + from.port;
      if (packet[6] >> 4 === 0 && packet[9] === 29) {
        return eventInformation(this.last, packet[8]);
      }
      this.emit('message', packet, this.last);
    });
  }
  getBroadcastAddress() {
    return this.last;
  }
  getMaxPayload() {
    return 1476;
  }
  send(buffer, length, receiver) {
    const [host, port] = receiver.split(':');
    this.socket.send(buffer.slice(0, length), 0, length, Number(port), host);
  }
  open() {
    this.socket.bind(0, '127.0.0.1', () => say({port: this.socket.address().port}));
  }
  close() {
    this.socket.close();
  }
}

const text = (value) => [{type: 7, value}];
const real = (value) => [{type: 4, value}];
const enumerated = (value) => [{type: 9, value}];
const good = () => [{type: 8, value: {bitsUsed: 4, value: [0]}}];
const objects = {
  '8:4711': {75: [{type: 12, value: {type: 8, instance: INSTANCE}}], 77: text('Peer'),
    62: [{type: 2, value: 1476}], 107: enumerated(3), 121: text('Käfer & Söhne'),
    56: [{type: 10, value: new Date(2026, 10, 22)}]},
  '0:1': {77: text('Supply air'), 28: text('Zuluft °C'), 117: enumerated(62), 85: real(14.5),
    111: good()},
  '0:2': {77: text('Filter'), 117: enumerated(53), 85: real(120.25), 111: [
    {type: 8, value: {bitsUsed: 4, value: [2]}}], 103: enumerated(1)},
  '2:1': {77: text('Set-point'), 117: enumerated(62), 85: real(21), 111: good()},
  '3:1': {77: text('Fan'), 85: enumerated(1), 111: good()},
  '19:1': {77: text('Mode'), 85: [{type: 2, value: 3}], 111: good()},
};
objects['8:4711'][76] = Object.keys(objects).map((key) => {
  const [type, instance] = key.split(':').map(Number);
  return {type: 12, value: {type, instance}};
});

let knowsMultiple = true;
const subscriptions = new Map();
const client = new Bacnet({transport: new Transport(), apduTimeout: 5000});

function find(objectId, property) {
  const instance = objectId.type === 8 && objectId.instance === 4194303 ? INSTANCE : objectId.instance;
  const object = objects[objectId.type + ':' + instance];
  if (!object) return {error: 31};
  let values = object[property.id];
  if (!values) return {error: 32};
  if (property.index !== e.ASN1_ARRAY_ALL) {
    values = property.index === 0 ? [{type: 2, value: values.length}] : [values[property.index - 1]];
  }
  return {objectId: {type: objectId.type, instance}, values};
}

client.on('whoIs', (request) => {
  if (request.lowLimit === undefined || (request.lowLimit <= INSTANCE && request.highLimit >= INSTANCE)) {
    client.iAmResponse(INSTANCE, e.Segmentation.NO_SEGMENTATION, 7);
  }
});

client.on('readProperty', (data) => {
  const found = find(data.request.objectId, data.request.property);
  if (found.error) {
    return client.errorResponse(data.address, 12, data.invokeId, found.error - 30, found.error);
  }
  client.readPropertyResponse(data.address, data.invokeId, found.objectId, data.request.property, found.values);
});

client.on('readPropertyMultiple', (data) => {
  if (!knowsMultiple) {
    return client.errorResponse(data.address, 14, data.invokeId, 5, 29);
  }
  client.readPropertyMultipleResponse(data.address, data.invokeId, data.request.properties.map((object) => ({
    objectId: object.objectId,
    values: object.properties.map((property) => {
      const found = find(object.objectId, property);
      return {property, value: found.error
        ? [{value: {type: 'BacnetError', errorClass: found.error - 30, errorCode: found.error}}]
        : found.values};
    }),
  })));
});

client.on('writeProperty', (data) => {
  const {objectId, value} = data.request;
  say({written: objectId, property: value.property.id, value: value.value[0].value, priority: value.priority});
  set(objectId.type + ':' + objectId.instance, value.value[0].value);
  client.simpleAckResponse(data.address, 15, data.invokeId);
});

client.on('subscribeCOV', (data) => {
  const id = data.request.monitoredObjectId;
  say({subscribed: id, cancelled: data.request.cancellationRequest, lifetime: data.request.lifetime});
  client.simpleAckResponse(data.address, 5, data.invokeId);
  const key = data.address + data.request.subscriberProcessId;
  if (data.request.cancellationRequest) {
    subscriptions.delete(key);
  } else {
    const subscription = {to: data.address, process: data.request.subscriberProcessId, id};
    subscriptions.set(key, subscription);
    notify(subscription);
  }
});

client.on('alarmAcknowledge', (data) => {
  say({acknowledged: data.request.eventObjectId, by: data.request.acknowledgeSource});
  client.simpleAckResponse(data.address, 0, data.invokeId);
});

function send(to, encode) {
  const buffer = client._getBuffer();
  npdu.encode(buffer, 0, to);
  encode(buffer);
  bvlc.encode(buffer.buffer, 10, buffer.offset);
  client._transport.send(buffer.buffer, buffer.offset, to);
}

function notify(subscription) {
  const object = objects[subscription.id.type + ':' + subscription.id.instance];
  send(subscription.to, (buffer) => {
    apdu.encodeUnconfirmedServiceRequest(buffer, e.PduTypes.UNCONFIRMED_REQUEST, 2);
    services.covNotify.encode(buffer, subscription.process, INSTANCE, subscription.id, 60,
      [85, 111].map((id) => ({property: {id}, value: object[id]})));
  });
}

function eventInformation(to, invokeId) {
  const time = {type: 2, value: new Date(2026, 10, 22, 3, 4, 5)};
  send(to, (buffer) => {
    apdu.encodeComplexAck(buffer, e.PduTypes.COMPLEX_ACK, 29, invokeId);
    services.getEventInformation.encodeAcknowledge(buffer, [{
      objectId: {type: 0, instance: 2}, eventState: 3,
      acknowledgedTransitions: {bitsUsed: 3, value: [6]}, eventTimeStamps: [time, time, time],
      notifyType: 0, eventEnable: {bitsUsed: 3, value: [7]}, eventPriorities: [1, 2, 3]}], false);
  });
}

function set(key, value) {
  objects[key][85] = [{type: objects[key][85][0].type, value}];
  for (const subscription of subscriptions.values()) {
    if (subscription.id.type + ':' + subscription.id.instance === key) notify(subscription);
  }
}

function transition(to, fromState, toState, messageText) {
  client.confirmedEventNotification(to, {
    processId: 3, initiatingObjectId: {type: 8, instance: INSTANCE}, eventObjectId: {type: 0, instance: 2},
    timeStamp: {type: 2, value: new Date(2026, 10, 22, 3, 4, 5 + fromState)}, notificationClass: 4, priority: 100,
    eventType: 5, messageText, notifyType: 0, ackRequired: true, fromState, toState,
    outOfRangeExceedingValue: 260, outOfRangeStatusFlags: {bitsUsed: 4, value: [1]},
    outOfRangeDeadband: 5, outOfRangeExceededLimit: 250,
  }, (error) => say({event: error ? String(error) : 'acknowledged'}));
}

const commands = {
  set: (key, value) => set(key, Number(value)),
  multiple: (known) => { knowsMultiple = known === 'on'; },
  event: (to) => transition(to, 0, 3, 'Filter clogged'),
  normal: (to) => transition(to, 3, 0, 'Filter clean'),
};
readline.createInterface({input: process.stdin})
  .on('line', (line) => {
    const [command, ...rest] = line.split(' ');
    commands[command](...rest);
  })
  .on('close', () => process.exit(0));
