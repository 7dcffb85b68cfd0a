package io.caravanhub.core.fieldbus;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.eclipse.milo.opcua.sdk.client.OpcUaClient;
import org.eclipse.milo.opcua.stack.core.NodeIds;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.unsigned.UInteger;
import org.eclipse.milo.opcua.stack.core.types.enumerated.TimestampsToReturn;
import org.eclipse.milo.opcua.stack.core.types.structured.ReadValueId;

/**
 * How much a server takes in one request (Part 5, clause 6.3.11).
 *
 * @param nodesPerRead nodes in one read
 * @param itemsPerCall monitored items in one call
 */
record OpcUaLimits(int nodesPerRead, int itemsPerCall) {
  private static final int UNTOLD = 1000;

  /** Asks the server; where it does not say, a thousand. */
  static CompletableFuture<OpcUaLimits> of(OpcUaClient client) {
    return client
        .readAsync(
            0,
            TimestampsToReturn.Neither,
            List.of(
                OpcUaLink.value(NodeIds.Server_ServerCapabilities_OperationLimits_MaxNodesPerRead),
                OpcUaLink.value(
                    NodeIds.Server_ServerCapabilities_OperationLimits_MaxMonitoredItemsPerCall)))
        .thenApply(
            response ->
                new OpcUaLimits(limit(response.getResults()[0]), limit(response.getResults()[1])));
  }

  private static int limit(DataValue value) {
    Object told = value.getValue().getValue();
    long limit = told instanceof UInteger number ? number.longValue() : 0;
    return limit == 0 ? UNTOLD : (int) Math.min(limit, UNTOLD);
  }

  /** Reads in as many requests as it takes, one after the other. */
  CompletableFuture<List<DataValue>> read(
      OpcUaClient client, List<ReadValueId> values, TimestampsToReturn timestamps) {
    List<DataValue> answers = new ArrayList<>();
    CompletableFuture<?> chain = CompletableFuture.completedFuture(null);
    for (int from = 0; from < values.size(); from += nodesPerRead) {
      List<ReadValueId> part = values.subList(from, Math.min(values.size(), from + nodesPerRead));
      chain =
          chain
              .thenCompose(before -> client.readAsync(0, timestamps, part))
              .thenAccept(response -> answers.addAll(Arrays.asList(response.getResults())));
    }
    return chain.thenApply(done -> answers);
  }
}
