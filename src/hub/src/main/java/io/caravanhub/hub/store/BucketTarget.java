package io.caravanhub.hub.store;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/** An archive in a bucket of S3 or of a server that speaks like it. */
record BucketTarget(S3Client client, String bucket, String prefix)
    implements ArchiveTarget, AutoCloseable {

  /**
   * How the bucket is reached; blank texts are as unset.
   *
   * @param endpoint of an S3-compatible server, which is then spoken to path-style
   * @param key access key, with its secret; unset: the AWS SDK's own search
   */
  record Access(String endpoint, String region, String key, String secret) {}

  static BucketTarget of(URI target, Access access) {
    S3ClientBuilder builder =
        S3Client.builder()
            .httpClientBuilder(UrlConnectionHttpClient.builder())
            .region(Region.of(access.region))
            // Servers that only resemble S3 often do not know the newer checksums.
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .credentialsProvider(
                access.key.isBlank()
                    ? DefaultCredentialsProvider.builder().build()
                    : StaticCredentialsProvider.create(
                        AwsBasicCredentials.create(access.key, access.secret)));
    if (!access.endpoint.isBlank()) {
      builder
          .endpointOverride(URI.create(access.endpoint))
          .forcePathStyle(true)
          .serviceConfiguration(s3 -> s3.chunkedEncodingEnabled(false));
    }
    String path = target.getPath() == null ? "" : target.getPath().replaceAll("^/+|/+$", "");
    return new BucketTarget(
        builder.build(), target.getAuthority(), path.isEmpty() ? "" : path + "/");
  }

  @Override
  public void put(String key, Path file) throws IOException {
    try {
      client.putObject(p -> p.bucket(bucket).key(prefix + key), RequestBody.fromFile(file));
    } catch (SdkException e) {
      throw new IOException(this + " does not take " + key + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void fetch(String key, Path into) throws IOException {
    try {
      Files.deleteIfExists(into);
      client.getObject(g -> g.bucket(bucket).key(prefix + key), into);
    } catch (SdkException e) {
      throw new IOException(this + " does not give back " + key + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    client.close();
  }

  @Override
  public String toString() {
    return "s3://" + bucket + "/" + prefix;
  }
}
