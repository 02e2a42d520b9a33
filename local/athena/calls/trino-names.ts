/** Functions Trino has and the local cloud does not translate: they are refused by name, not called unknown. */
export const TRINO_FUNCTIONS: ReadonlySet<string> = new Set(
  `approx_most_frequent approx_set array_first array_histogram array_last bar beta_cdf bing_tile bing_tile_at
  bing_tiles_around bit_count bitwise_left_shift bitwise_right_shift bitwise_right_shift_arithmetic bitwise_xor_agg
  cardinality char2hexint checksum classify color combinations concat_ws contains_sequence convex_hull_agg cosh
  cosine_distance cosine_similarity crc32 current_catalog current_groups current_schema current_user date_parse
  empty_approx_set evaluate_classifier_predictions features format format_number from_base from_base32
  from_base64url from_big_endian_32 from_encoded_polyline from_geojson_geometry from_ieee754_32
  from_ieee754_64 from_iso8601_timestamp_nanos from_unixtime_nanos geometry_union hamming_distance hash_counts hmac_md5
  hmac_sha1 hmac_sha256 hmac_sha512 human_readable_seconds index intersection_cardinality inverse_beta_cdf
  inverse_normal_cdf jaccard_index json_array json_array_contains json_array_get json_exists json_object json_query
  json_size json_value kurtosis learn_classifier learn_libsvm_classifier learn_regressor levenshtein_distance line_locate_point
  luhn_check make_set_digest map_union map_zip_with merge merge_set_digest multimap_agg multimap_from_entries
  murmur3 ngrams normal_cdf normalize numeric_histogram parse_data_size parse_duration parse_presto_data_size
  qdigest_agg quantile_at_value reduce_agg regexp_position regress regr_avgx regr_avgy regr_count regr_r2 regr_sxx regr_sxy
  regr_syy render rgb sha512 shuffle simplify_geometry sinh skewness soundex split_to_map split_to_multimap spooky_hash_v2_32
  spooky_hash_v2_64 strrpos tanh tdigest_agg timezone timezone_hour timezone_minute to_base to_base32
  to_base64url to_big_endian_32 to_geometry to_ieee754_32 to_milliseconds to_char
  to_date to_timestamp transform trim_array truncate typeof url_decode url_encode url_extract_fragment url_extract_host
  url_extract_parameter url_extract_path url_extract_port url_extract_protocol url_extract_query uuid value_at_quantile
  values_at_quantiles version width_bucket wilson_interval_lower wilson_interval_upper word_stem xxhash64 random rand log
  st_area st_asbinary st_astext st_point st_contains st_distance st_geometryfromtext st_intersects st_within
  great_circle_distance geometry_from_hadoop_shape date_format to_unixtime array_average array_sum`.split(
    /\s+/,
  ),
);
