/** The emoji names that messages of a workplace use, and the signs that they stand for. */

const NAMES = `
wave 👋|+1 👍|thumbsup 👍|-1 👎|thumbsdown 👎|tada 🎉|sparkles ✨|star ⭐|star2 🌟|heart ❤️|blue_heart 💙|green_heart 💚
yellow_heart 💛|purple_heart 💜|orange_heart 🧡|clap 👏|pray 🙏|raised_hands 🙌|handshake 🤝|muscle 💪|point_right 👉
point_left 👈|point_up ☝️|point_down 👇|ok_hand 👌|v ✌️|raised_hand ✋|hand ✋|smile 😄|smiley 😃|grinning 😀|grin 😁|joy 😂
slightly_smiling_face 🙂|blush 😊|wink 😉|sunglasses 😎|thinking_face 🤔|neutral_face 😐|confused 😕|cry 😢|sob 😭|sweat_smile 😅
heart_eyes 😍|hugging_face 🤗|relieved 😌|upside_down_face 🙃|rocket 🚀|fire 🔥|zap ⚡|bulb 💡|books 📚|book 📖|open_book 📖
notebook 📓|memo 📝|pencil ✏️|pencil2 ✏️|clipboard 📋|pushpin 📌|round_pushpin 📍|paperclip 📎|link 🔗|calendar 📆|date 📅
spiral_calendar_pad 🗓️|spiral_calendar 🗓️|alarm_clock ⏰|clock1 🕐|clock3 🕒|clock9 🕘|hourglass ⌛|hourglass_flowing_sand ⏳|stopwatch ⏱️
bell 🔔|no_bell 🔕|speech_balloon 💬|left_speech_bubble 🗨️|thought_balloon 💭|mega 📣|loudspeaker 📢|envelope ✉️|email 📧
inbox_tray 📥|outbox_tray 📤|incoming_envelope 📨|telephone_receiver 📞|computer 💻|desktop_computer 🖥️|house 🏠|office 🏢|coffee ☕|tea 🍵
seedling 🌱|herb 🌿|four_leaf_clover 🍀|deciduous_tree 🌳|sunflower 🌻|cherry_blossom 🌸|sunny ☀️|partly_sunny ⛅|cloud ☁️|rainbow 🌈
earth_africa 🌍|globe_with_meridians 🌐|compass 🧭|world_map 🗺️|dart 🎯|trophy 🏆|medal 🏅|first_place_medal 🥇|gift 🎁|balloon 🎈
mortar_board 🎓|school 🏫|brain 🧠|eyes 👀|ear 👂|busts_in_silhouette 👥|bust_in_silhouette 👤|speaking_head_in_silhouette 🗣️
people_holding_hands 🧑‍🤝‍🧑|repeat 🔁|arrows_counterclockwise 🔄|twisted_rightwards_arrows 🔀|left_right_arrow ↔️|arrow_right ➡️|arrow_left ⬅️|arrow_up ⬆️
arrow_down ⬇️|white_check_mark ✅|heavy_check_mark ✔️|ballot_box_with_check ☑️|x ❌|negative_squared_cross_mark ❎|warning ⚠️|no_entry ⛔
no_entry_sign 🚫|information_source ℹ️|question ❓|grey_question ❔|exclamation ❗|bangbang ‼️|lock 🔒|unlock 🔓|closed_lock_with_key 🔐|key 🔑
shield 🛡️|mag 🔍|gear ⚙️|wrench 🔧|hammer_and_wrench 🛠️|toolbox 🧰|jigsaw 🧩|chart_with_upwards_trend 📈|chart_with_downwards_trend 📉
bar_chart 📊|white_circle ⚪|black_circle ⚫|red_circle 🔴|large_blue_circle 🔵|large_green_circle 🟢|large_yellow_circle 🟡|large_orange_circle 🟠
black_square_button 🔲|white_large_square ⬜|small_blue_diamond 🔹|small_orange_diamond 🔸|one 1️⃣|two 2️⃣|three 3️⃣|four 4️⃣|five 5️⃣
six 6️⃣|seven 7️⃣|eight 8️⃣|nine 9️⃣|zero 0️⃣|keycap_ten 🔟|100 💯|new 🆕|soon 🔜|recycle ♻️|infinity ♾️|dash 💨|zzz 💤|beach_with_umbrella 🏖️
palm_tree 🌴|airplane ✈️|train 🚆|bike 🚲|car 🚗|it 🇮🇹|flag-it 🇮🇹|gb 🇬🇧|flag-gb 🇬🇧|de 🇩🇪|fr 🇫🇷|es 🇪🇸|us 🇺🇸|robot_face 🤖
lock_with_ink_pen 🔏|page_facing_up 📄|file_folder 📁|card_index_dividers 🗂️|wastebasket 🗑️|double_vertical_bar ⏸️|pause_button ⏸️|arrow_forward ▶️
black_right_pointing_double_triangle_with_vertical_bar ⏭️|fast_forward ⏩|rewind ⏪|stop_sign 🛑|octagonal_sign 🛑|bow 🙇|walking 🚶|runner 🏃
woman-raising-hand 🙋‍♀️|raising_hand 🙋|technologist 🧑‍💻|teacher 🧑‍🏫|student 🧑‍🎓|older_adult 🧓|scales ⚖️|bridge_at_night 🌉|ladder 🪜|mirror 🪞
`;

export const EMOJI = new Map(
  NAMES.trim()
    .split(/[|\n]/)
    .map((pair) => pair.trim().split(" ")),
);

/** `:wave:` becomes the sign; a name that is not known stays as typed. */
export const withEmoji = (text) => text.replace(/:([a-z0-9_+-]+):/g, (typed, name) => EMOJI.get(name) ?? typed);
