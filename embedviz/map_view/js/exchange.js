// @ts-check
// Messages between Python and the map. Generated from embedviz/map_view/exchange.py by `python -m embedviz.map_view.typedefs`.

export const BYTES_PER_POSITION = 4; // of the buffers at points_url and, one snapshot after the other, at snapshots_url
export const BYTES_PER_COLOR_CODE = 1; // of the buffer at colors_url
export const BYTES_PER_SIZE_CODE = 1; // of the buffer at sizes_url
export const BYTES_PER_PASSING = 1; // of the buffer at passing_url
export const MAX_COORDINATE = 65535; // the far side of the unit square
export const MAX_NUMBER_CODE = 254; // the color code of the legend's maximum
export const NO_VALUE = 255; // the color code of a point without a value
export const MAX_CORNERS = 2000; // of a region that Python accepts
export const MAX_REGIONS = 40; // that Python accepts
export const MAX_STEPS_SENT = 20; // at most, the last ones
export const LAYOUT_VERSION_HEADER = "X-Layout-Version"; // of an answer from partial_layout_url; sent back as ?after=

/**
 * Camera position: the centre in the unit square, and the zoom, 1 where all points are in sight.
 *
 * @typedef {object} View
 * @property {number} x
 * @property {number} y
 * @property {number} zoom
 */

/**
 * Categories that were hidden in the legend of a column, by their color codes.
 *
 * @typedef {object} HiddenCategories
 * @property {string} column
 * @property {number[]} codes
 */

/**
 * A region drawn to select points: its corners in the unit square, y upwards, and what it does to the selection.
 *
 * @typedef {object} Region
 * @property {"box" | "lasso"} kind
 * @property {"new" | "add" | "remove"} mode
 * @property {[number, number][]} polygon
 * @property {HiddenCategories} [without]
 */

/**
 * A named direction: its title, and its value at the two ends of the unit square.
 *
 * @typedef {object} Axis
 * @property {string} title
 * @property {number} low
 * @property {number} high
 */

/**
 * The size of a picture: `scale` times the map on the screen, or `width` pixels across. A new serial number saves one.
 *
 * @typedef {object} PngExport
 * @property {number} scale
 * @property {number | null} width
 * @property {number} serial
 */

/**
 * The component's data, sent by Python at every run of the script. MapData (embedviz.map_view.map_data) explains the fields.
 *
 * `selected` holds one bit per point, the lowest bit first, in base64.
 *
 * @typedef {object} MapMessage
 * @property {string} points_url
 * @property {number} n
 * @property {string | null} labels_url
 * @property {string | null} colors_url
 * @property {"category" | "number" | null} color_kind
 * @property {[string, string, string][] | [number | string, number | string]} legend
 * @property {string} color_column
 * @property {string | null} sizes_url
 * @property {string | null} passing_url
 * @property {number[]} highlight
 * @property {number | null} focus
 * @property {number} focus_serial
 * @property {number[]} links
 * @property {boolean} dim
 * @property {Region[]} regions
 * @property {number} regions_serial
 * @property {string | null} selected
 * @property {View | null} view
 * @property {number} view_serial
 * @property {number} step_serial
 * @property {boolean} can_undo
 * @property {boolean} can_redo
 * @property {boolean} view_in_address
 * @property {string | null} partial_layout_url
 * @property {string | null} snapshots_url
 * @property {string[]} snapshot_titles
 * @property {Axis[]} axes
 * @property {string | null} link
 * @property {string | number} version
 * @property {number | null} height
 * @property {string | null} covered_by
 * @property {string | null} point_url
 * @property {string | null} card
 * @property {PngExport} png
 */

/**
 * The answer from point_url: the point's label, the name and value of each column, and with ?metric= its nearest
 * neighbours in the original space: label, similarity or distance, and the point on the map that it is, if it is there.
 *
 * @typedef {object} PointAnswer
 * @property {string} label
 * @property {[string, string][]} columns
 * @property {[string, number, number | null][]} neighbors
 * @property {string} measure
 */

/**
 * The data of the card of the point in focus.
 *
 * @typedef {object} CardMessage
 * @property {string} map
 * @property {string} point_url
 * @property {number | null} focus
 * @property {string} metric
 * @property {string[]} metrics
 */

/**
 * A step that was asked for, with its serial number, and that of the step before it that the browser had been told of.
 *
 * "close" is Escape in the panel over the map, or on a map with nothing else to put away.
 *
 * @typedef {object} MapStep
 * @property {"undo" | "redo" | "close"} name
 * @property {number} serial
 * @property {number} after
 */

/**
 * The component's state `event`, sent by the browser: the last click, the regions and the last steps, with serial numbers.
 *
 * Steps are kept in a list, because two that follow each other at once reach Python as one state.
 *
 * @typedef {object} MapState
 * @property {number | null} click
 * @property {number} click_serial
 * @property {Region[]} regions
 * @property {number} regions_serial
 * @property {MapStep[]} steps
 * @property {View} [view]
 */

/**
 * The answer of labels_url to `?first=`: the points whose labels tell most, the first above all, and these labels.
 *
 * @typedef {object} FirstLabels
 * @property {number[]} ids
 * @property {string[]} labels
 */

/**
 * The fields of a MapMessage that colour the points by one column.
 *
 * @typedef {object} ColumnColors
 * @property {string} colors_url
 * @property {"category" | "number"} color_kind
 * @property {[string, string, string][] | [number | string, number | string]} legend
 */

/**
 * Contents of the page that works offline: its message, the labels, the ids of those drawn first, the buffers in base64
 * by their address, and the columns to colour by.
 *
 * @typedef {object} OfflineContents
 * @property {MapMessage} data
 * @property {string[]} labels
 * @property {number[]} first
 * @property {Record<string, string>} bytes
 * @property {Record<string, ColumnColors>} colors
 */
