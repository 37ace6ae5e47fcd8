export { AssetsScreen as Screen } from "./assets-screen.tsx";
