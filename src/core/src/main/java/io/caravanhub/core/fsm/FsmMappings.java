package io.caravanhub.core.fsm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.caravanhub.core.mapping.Mapping;
import io.caravanhub.core.mapping.MappingBounds;
import io.caravanhub.core.mapping.MappingException;
import io.caravanhub.core.mapping.MappingSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The compiled mappings of an adapter, by file name. Thread-safe. */
public final class FsmMappings {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<String, Mapping> compiled;

  private FsmMappings(Map<String, Mapping> compiled) {
    this.compiled = Map.copyOf(compiled);
  }

  static FsmMappings of(Path folder, FsmProduct product) throws IOException {
    Map<String, Mapping> compiled = new HashMap<>();
    for (String file : files(product).distinct().toList()) {
      Path path = folder.resolve(file);
      FsmProductFile.demand(
          path.normalize().startsWith(folder.normalize()) && Files.exists(path),
          FsmProductFile.NAME,
          "names " + file + ", which is not there");
      try {
        compiled.put(
            file,
            Mapping.compile(
                new MappingSource(folder.getFileName() + "/" + file, "", Files.readString(path))));
      } catch (MappingException e) {
        throw new FsmDeclarationException(file, String.valueOf(e.getMessage()));
      }
    }
    return new FsmMappings(compiled);
  }

  private static Stream<String> files(FsmProduct product) {
    Stream<FsmCall> calls =
        Stream.concat(
            Stream.of(
                product.check(),
                product.asset(),
                product.changes() == null ? null : product.changes().call()),
            product.kinds().values().stream()
                .flatMap(k -> Stream.of(k.create(), k.find(), k.open(), k.read(), k.append())));
    return Stream.concat(
            Stream.of(product.orders()), calls.filter(Objects::nonNull).map(FsmCall::body))
        .filter(Objects::nonNull);
  }

  /**
   * Applies a mapping.
   *
   * @throws MappingException when it fails
   */
  JsonNode apply(String file, JsonNode input, Map<String, ?> bindings) {
    Mapping mapping = compiled.get(file);
    if (mapping == null) {
      throw new MappingException(file, "there is no such mapping");
    }
    @Nullable Object plain = input.isMissingNode() ? null : JSON.convertValue(input, Object.class);
    Object yielded = mapping.yielded(plain, bindings, MappingBounds.DEFAULT);
    return yielded == null ? MissingNode.getInstance() : JSON.valueToTree(yielded);
  }
}
