// SPDX-License-Identifier: GPL-2.0
// All is on the page without this; it searches, sorts and enlarges.
"use strict";

(function () {
	var search = document.getElementById("search");
	var found = document.getElementById("found");
	var rows = Array.from(document.querySelectorAll(".scroll:not(.sum) tbody tr"));
	var boxes = Array.from(document.querySelectorAll(".boxes b"));

	function place(numbers) {
		return { left: numbers[0], width: numbers[1] };
	}

	// What the style says are the calls, what data-b says the bytes.
	boxes.forEach(function (box) {
		box.byCalls = place([parseFloat(box.style.left), parseFloat(box.style.width)]);
		box.byBytes = place(box.dataset.b.split(" ").map(Number));
		box.words = box.title.split("\n")[0].toLowerCase();
		box.depth = parseFloat(box.style.top);
	});
	rows.forEach(function (row) {
		row.words = row.textContent.toLowerCase();
	});

	// A frame is enlarged to the whole width, and all above it; what is beside it goes.
	function draw(flame) {
		var key = flame.select.value, zoom = flame.zoom ? flame.zoom[key] : place([0, 100]);
		var depth = flame.zoom ? flame.zoom.depth : -1, pixels = flame.root.clientWidth / 100;

		flame.boxes.forEach(function (box) {
			var own = box[key], end = own.left + own.width, above = box.depth < depth;
			var inside = above ?
				own.left <= zoom.left + 1e-3 && end >= zoom.left + zoom.width - 1e-3 :
				own.left >= zoom.left - 1e-3 && end <= zoom.left + zoom.width + 1e-3;
			var left = above ? 0 : 100 * (own.left - zoom.left) / zoom.width;
			var width = above ? 100 : 100 * own.width / zoom.width;

			box.hidden = !inside || !own.width;
			box.style.left = left + "%";
			box.style.width = width + "%";
			box.classList.toggle("above", above);
			box.classList.toggle("thin", width * pixels < 14);
		});
		flame.reset.disabled = !flame.zoom;
	}

	function begin(root) {
		var flame = { root: root, zoom: null, boxes: Array.from(root.querySelectorAll("b")) };
		var tools = root.previousElementSibling;

		flame.select = tools.querySelector("select");
		flame.reset = tools.querySelector("button");
		root.addEventListener("click", function (event) {
			var box = event.target.closest("b");

			if (!box || !box[flame.select.value].width)
				return;
			flame.zoom = box;
			draw(flame);
		});
		function reset() {
			flame.zoom = null;
			draw(flame);
		}
		flame.select.addEventListener("change", reset);
		flame.reset.addEventListener("click", reset);
		document.addEventListener("keydown", function (event) {
			if (event.key === "Escape")
				reset();
		});
		window.addEventListener("resize", function () {
			draw(flame);
		});
		draw(flame);
	}

	function look() {
		var words = search.value.trim().toLowerCase(), shown = 0, hits = 0;

		rows.forEach(function (row) {
			row.hidden = words !== "" && row.words.indexOf(words) < 0;
			shown += !row.hidden;
		});
		boxes.forEach(function (box) {
			var hit = words !== "" && box.words.indexOf(words) >= 0;

			box.classList.toggle("hit", hit);
			hits += hit;
		});
		found.textContent = words === "" ? "" : shown + " rows, " + hits + " frames";
	}

	// Numbers stand in data-v, with all their digits.
	function value(row, column) {
		var cell = row.cells[column];

		return cell.dataset.v === undefined ? cell.textContent : Number(cell.dataset.v);
	}

	function sort(table, head) {
		var down = head.getAttribute("aria-sort") !== "descending";
		var body = table.tBodies[0], column = head.cellIndex;

		Array.from(body.rows).sort(function (a, b) {
			var x = value(a, column), y = value(b, column);
			var order = x < y ? -1 : x > y ? 1 : 0;

			return down ? -order : order;
		}).forEach(function (row) {
			body.appendChild(row);
		});
		Array.from(head.parentNode.cells).forEach(function (other) {
			other.removeAttribute("aria-sort");
		});
		head.setAttribute("aria-sort", down ? "descending" : "ascending");
	}

	function sortable(head) {
		var button = document.createElement("button");

		button.type = "button";
		button.textContent = head.textContent;
		head.textContent = "";
		head.appendChild(button);
		button.addEventListener("click", function () {
			sort(head.closest("table"), head);
		});
	}

	document.documentElement.classList.add("js");
	document.querySelectorAll(".flame").forEach(begin);
	document.querySelectorAll(".scroll th").forEach(sortable);
	if (search)
		search.addEventListener("input", look);
})();
